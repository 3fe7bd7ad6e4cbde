// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A mount that is at no path (fsmount(2), open_tree(2)): made and set up unseen, then put where it
 * belongs, or gone with its {@link #close}. Native because the JDK cannot mount.
 *
 * <p>Everything but {@link #descriptor} can block for as long as a file system does not answer: on
 * a bounded platform thread only.
 */
public final class DetachedMount implements AutoCloseable {
    private static final int AT_FDCWD = -100;
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int AT_RECURSIVE = 0x8000;

    private static final int FSOPEN_CLOEXEC = 1;
    private static final int FSCONFIG_SET_FLAG = 0;
    private static final int FSCONFIG_SET_STRING = 1;
    private static final int FSCONFIG_CMD_CREATE = 6;
    private static final int FSMOUNT_CLOEXEC = 1;
    private static final int OPEN_TREE_CLONE = 1;
    private static final int MOVE_MOUNT_F_EMPTY_PATH = 4;
    private static final int MOVE_MOUNT_T_EMPTY_PATH = 0x40;
    private static final int CLONE_NEWNS = 0x2_0000;

    private static final long ATTR_RDONLY = 1;
    private static final long ATTR_NOSUID = 2;
    private static final long ATTR_NODEV = 4;

    /** Where the field is in {@code struct mount_attr}, and how long that is. */
    private static final long ATTR_PROPAGATION = 16;

    private static final long ATTR_SIZE = 32;

    private final Descriptor descriptor;

    private DetachedMount(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    /**
     * An option of a file system.
     *
     * @param key its name
     * @param value what it is set to; empty for a flag
     */
    public record Option(String key, String value) {}

    /**
     * A mount and what it covers inside of another one.
     *
     * @param mount the caller's to close, also when it is there
     * @param place a file for a file, a directory for a directory
     */
    public record Cover(DetachedMount mount, Descriptor place) {
        private void attach() {
            mount.attach(place);
        }
    }

    /**
     * Makes a file system.
     *
     * @param type such as {@code overlay} or {@code tmpfs}
     * @param source what the type makes of it, which a message also names
     * @param options in order; a key may come more than once, as {@code lowerdir+} does
     * @throws LinuxException whose subject is the option that was refused, with the file system's
     *     own words
     */
    public static DetachedMount create(String type, String source, List<Option> options) {
        try (var context = context(type)) {
            configure(context, FSCONFIG_SET_STRING, new Option("source", source));
            for (var option : options) {
                int command = option.value().isEmpty() ? FSCONFIG_SET_FLAG : FSCONFIG_SET_STRING;
                configure(context, command, option);
            }
            configure(context, FSCONFIG_CMD_CREATE, new Option("", ""));
            long number = context.call(Syscall.FSMOUNT, FSMOUNT_CLOEXEC, 0);
            return new DetachedMount(new Descriptor(number, type + " of " + source));
        }
    }

    /**
     * An overlay of any number of layers: each is an option of its own, so that no page limits them
     * (500 are the kernel's limit, and the option needs Linux 6.8).
     *
     * @param lower read-only layers, the uppermost first
     * @param upper where changes go
     * @param work an empty directory beside it
     * @param more further options
     */
    public static DetachedMount overlay(
            List<Path> lower, Path upper, Path work, List<Option> more) {
        var options = new ArrayList<Option>();
        lower.forEach(layer -> options.add(new Option("lowerdir+", layer.toString())));
        options.add(new Option("upperdir", upper.toString()));
        options.add(new Option("workdir", work.toString()));
        options.addAll(more);
        return create("overlay", "overlay", options);
    }

    /**
     * A second mount of what is visible at a path; with {@code recursive} also of what is mounted
     * below.
     */
    public static DetachedMount bind(Path path, boolean recursive) {
        return bind(path, path.toString(), recursive);
    }

    /** The same of the directory or file that a descriptor is, with all that is mounted below. */
    public static DetachedMount bind(Descriptor place) {
        return bind(OpenFile.magicLink(place), place.label(), true);
    }

    private static DetachedMount bind(Path path, String label, boolean recursive) {
        try (var arena = Arena.ofConfined()) {
            var name = arena.allocateFrom(path.toString());
            int flags = OPEN_TREE_CLONE | OpenFlag.CLOEXEC | (recursive ? AT_RECURSIVE : 0);
            long result = Syscall.OPEN_TREE.invoke(AT_FDCWD, name, flags, 0, 0, 0);
            return new DetachedMount(
                    new Descriptor(Syscall.OPEN_TREE.check(result, label), "mount of " + label));
        }
    }

    private static Descriptor context(String type) {
        try (var arena = Arena.ofConfined()) {
            long name = arena.allocateFrom(type).address();
            long result = Syscall.FSOPEN.invoke(name, FSOPEN_CLOEXEC);
            return new Descriptor(Syscall.FSOPEN.check(result, type), type);
        }
    }

    private static void configure(Descriptor context, int command, Option option) {
        try (var arena = Arena.ofConfined()) {
            long result =
                    context.attempt(
                            Syscall.FSCONFIG,
                            command,
                            textOrNull(arena, option.key()).address(),
                            textOrNull(arena, option.value()).address(),
                            0);
            if (result < 0) {
                throw Syscall.FSCONFIG.refused(result, subject(context, option));
            }
        }
    }

    private static MemorySegment textOrNull(Arena arena, String text) {
        return text.isEmpty() ? MemorySegment.NULL : arena.allocateFrom(text);
    }

    private static String subject(Descriptor context, Option option) {
        var words = complaint(context);
        return "%s %s=%s%s"
                .formatted(
                        context.label(),
                        option.key(),
                        option.value(),
                        words.isEmpty() ? "" : " [" + words + "]");
    }

    /** A context, when read, tells why it refused; ENODATA if it has nothing to say. */
    private static String complaint(Descriptor context) {
        try (var arena = Arena.ofConfined()) {
            var text = arena.allocate(1024);
            long length = context.attempt(Syscall.READ, text, text.byteSize(), 0);
            return length <= 0
                    ? ""
                    : StandardCharsets.UTF_8
                            .decode(text.asSlice(0, length).asByteBuffer())
                            .toString()
                            .strip();
        }
    }

    /**
     * What can be passed to another process or another thread's namespace; it stays the property of
     * this.
     */
    public Descriptor descriptor() {
        return descriptor;
    }

    /** Makes the mount read-only, and with {@code recursive} what is mounted below it. */
    public void readOnly(boolean recursive) {
        set(ATTR_RDONLY, 0, recursive);
    }

    /**
     * Has it, and what is mounted below it, go its own way: what is mounted here later is not seen
     * where it was taken from, nor the other way round.
     */
    public void separate() {
        set(0, MountOptions.PRIVATE, true);
    }

    /**
     * What is mounted on it later is seen by those, too, who come to have a copy of it by a mount
     * namespace of their own.
     */
    public void share() {
        set(0, MountOptions.SHARED, false);
    }

    /**
     * Makes it, and what is mounted below it, a place where programs gain no rights and devices are
     * none.
     *
     * @param readOnly whether nothing can be changed there either
     */
    public void restrict(boolean readOnly) {
        set(ATTR_NOSUID | ATTR_NODEV | (readOnly ? ATTR_RDONLY : 0), 0, true);
    }

    private void set(long attribute, long propagation, boolean recursive) {
        try (var arena = Arena.ofConfined()) {
            var attributes = arena.allocate(ATTR_SIZE, 8);
            attributes.set(JAVA_LONG, 0, attribute);
            attributes.set(JAVA_LONG, ATTR_PROPAGATION, propagation);
            var nothing = arena.allocateFrom("");
            int flags = AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0);
            var call = Syscall.MOUNT_SETATTR;
            long result =
                    descriptor.borrow(
                            call,
                            n ->
                                    call.invoke(
                                            n, nothing, flags, attributes.address(), ATTR_SIZE, 0));
            call.check(result, descriptor.label());
        }
    }

    /**
     * Mounts others inside of it, where only who has it sees them: not at the path either that it
     * is a second mount of. Nothing that is mounted elsewhere appears in it from now on.
     *
     * @param covers in order, each with a place that was found beneath {@link #descriptor}
     * @return the whole of it, the caller's; this is to be closed
     */
    public Descriptor covered(List<Cover> covers) {
        separate();
        try {
            covers.stream().limit(1).forEach(Cover::attach);
        } catch (LinuxException e) {
            if (e.errno() != Errno.EINVAL) {
                throw e;
            }
            return coveredInNamespace(covers);
        }
        covers.stream().skip(1).forEach(Cover::attach);
        return descriptor.duplicate();
    }

    /**
     * Before Linux 6.15 nothing can be mounted inside of what is nowhere itself: it is somewhere
     * for that time, in a namespace of its own.
     */
    Descriptor coveredInNamespace(List<Cover> covers) {
        separate();
        return OwnThread.complete(
                "mount-namespace",
                () -> {
                    Syscall.UNSHARE.check(Syscall.UNSHARE.invoke(CLONE_NEWNS, 0), "CLONE_NEWNS");
                    Mounts.separate();
                    attach(Path.of("/"));
                    covers.forEach(Cover::attach);
                    return copy();
                });
    }

    private Descriptor copy() {
        try (var arena = Arena.ofConfined()) {
            var nothing = arena.allocateFrom("");
            int flags = OPEN_TREE_CLONE | OpenFlag.CLOEXEC | AT_RECURSIVE | AT_EMPTY_PATH;
            var call = Syscall.OPEN_TREE;
            long result = descriptor.borrow(call, n -> call.invoke(n, nothing, flags, 0, 0, 0));
            return new Descriptor(call.check(result, descriptor.label()), descriptor.label());
        }
    }

    /**
     * Puts it at a path of this thread's mount namespace, where it outlives this object.
     *
     * @param target it exists, and no part of its path is for others to change
     */
    public void attach(Path target) {
        try (var arena = Arena.ofConfined()) {
            var nothing = arena.allocateFrom("");
            long path = arena.allocateFrom(target.toString()).address();
            long result =
                    descriptor.borrow(
                            Syscall.MOVE_MOUNT,
                            n ->
                                    Syscall.MOVE_MOUNT.invoke(
                                            n,
                                            nothing,
                                            AT_FDCWD,
                                            path,
                                            MOVE_MOUNT_F_EMPTY_PATH,
                                            0));
            Syscall.MOVE_MOUNT.check(result, target);
        }
    }

    /**
     * Puts it at the very place that a descriptor is, whoever has its path by now. It outlives this
     * object there.
     */
    public void attach(Descriptor place) {
        var call = Syscall.MOVE_MOUNT;
        try (var arena = Arena.ofConfined()) {
            var nothing = arena.allocateFrom("");
            long result =
                    descriptor.borrow(
                            call,
                            n ->
                                    place.borrow(
                                            call,
                                            m ->
                                                    call.invoke(
                                                            n,
                                                            nothing,
                                                            m,
                                                            nothing.address(),
                                                            MOVE_MOUNT_F_EMPTY_PATH
                                                                    | MOVE_MOUNT_T_EMPTY_PATH,
                                                            0)));
            call.check(result, place.label());
        }
    }

    /** If it is nowhere, it is gone. */
    @Override
    public void close() {
        descriptor.close();
    }
}
