// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Starts a program with exactly the descriptors that it is given. Native because {@code
 * ProcessBuilder} closes everything above 2, keeps a thread per process and sets no session.
 *
 * <p>The child has an empty signal mask and default signal handling. Standard descriptors that are
 * not given are /dev/null. For one thread; {@link #start} returns when the program was loaded,
 * which can block if others own the path of the program or of its directory: then on a platform
 * thread only.
 */
public final class Spawn {
    /** Room for glibc's opaque structures (80, 336 and 128 bytes in 2.36), and to grow. */
    private static final long OPAQUE = 512;

    private static final int SET_SIGNAL_DEFAULTS = 0x04;
    private static final int SET_SIGNAL_MASK = 0x08;
    private static final int SET_SESSION = 0x80;
    private static final byte ALL = -1;

    private static final int P_PID = 1;
    private static final int WEXITED = 4;

    private final Path executable;
    private final List<String> arguments;
    private final SortedMap<Integer, Descriptor> descriptors = new TreeMap<>();
    private Map<String, String> environment = Map.of();
    private @Nullable Path directory;
    private boolean session;

    private Spawn(Path executable, List<String> arguments) {
        this.executable = executable;
        this.arguments = arguments;
    }

    /**
     * A program to start.
     *
     * @param executable absolute
     * @param arguments what the program sees as its arguments; its own name comes before them
     */
    public static Spawn of(Path executable, String... arguments) {
        if (!executable.isAbsolute()) {
            throw new IllegalArgumentException("the path of a program is absolute: " + executable);
        }
        var all = new ArrayList<String>();
        all.add(executable.toString());
        all.addAll(List.of(arguments));
        return new Spawn(executable, all);
    }

    /** The whole environment; without this call it is empty. */
    public Spawn environment(Map<String, String> variables) {
        for (var name : variables.keySet()) {
            if (name.isEmpty() || name.contains("=")) {
                throw new IllegalArgumentException("not the name of a variable: " + name);
            }
        }
        environment = Map.copyOf(variables);
        return this;
    }

    /** Where it begins; without this call where we are. */
    public Spawn directory(Path path) {
        directory = path;
        return this;
    }

    /** Gives the child a copy of a descriptor under a number of its own; ours stays ours. */
    public Spawn descriptor(int childNumber, Descriptor descriptor) {
        if (childNumber < 0) {
            throw new IllegalArgumentException("not a descriptor number: " + childNumber);
        }
        descriptors.put(childNumber, descriptor);
        return this;
    }

    /** Makes it the leader of a new session, and so of a new process group. */
    public Spawn newSession() {
        session = true;
        return this;
    }

    /**
     * Starts it.
     *
     * @throws LinuxException ENOENT, EACCES, ENOEXEC, EMFILE, ... : no process is left then
     */
    public Child start() {
        try (var arena = Arena.ofConfined();
                var sources = new Sources(descriptors);
                var actions = new FileActions(arena)) {
            actions.arrange(sources, directory);
            return spawn(arena, actions.memory);
        }
    }

    private Child spawn(Arena arena, MemorySegment actions) {
        var pid = arena.allocate(JAVA_INT);
        try (var attributes = new Attributes(arena, session)) {
            Libc.POSIX_SPAWN.invoke(
                    executable.toString(),
                    pid.address(),
                    arena.allocateFrom(executable.toString()).address(),
                    actions.address(),
                    attributes.memory.address(),
                    strings(arena, arguments).address(),
                    strings(arena, variables()).address());
        }
        return own(pid.get(JAVA_INT, 0));
    }

    private List<String> variables() {
        return environment.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList();
    }

    private static MemorySegment strings(Arena arena, List<String> strings) {
        var pointers = arena.allocate(ADDRESS, strings.size() + 1L);
        for (int i = 0; i < strings.size(); i++) {
            pointers.setAtIndex(ADDRESS, i, arena.allocateFrom(checked(strings.get(i))));
        }
        return pointers;
    }

    /** A NUL would silently end the string there. */
    private static String checked(String text) {
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("an argument or variable contains a NUL");
        }
        return text;
    }

    private static Child own(int pid) {
        try {
            // Nobody but us collects it, so that the pid cannot be another's yet.
            return new Child(pid, Pidfd.open(pid));
        } catch (RuntimeException e) {
            Syscall.KILL.invoke(pid, Pidfd.SIGKILL);
            Syscall.WAITID.invoke(P_PID, pid, 0, WEXITED);
            throw e;
        }
    }

    /**
     * Duplicates of what is given, with numbers above all that the child is to have: so no
     * arrangement can overwrite what is still needed or be a duplication onto itself, which would
     * keep close-on-exec.
     */
    private static final class Sources implements AutoCloseable {
        private final SortedMap<Integer, Descriptor> byChildNumber = new TreeMap<>();
        private final int above;

        Sources(SortedMap<Integer, Descriptor> given) {
            above = Math.max(2, given.isEmpty() ? 0 : given.lastKey()) + 1;
            try {
                given.forEach((n, descriptor) -> put(n, descriptor));
                fillStandard();
            } catch (RuntimeException e) {
                close();
                throw e;
            }
        }

        private void put(int childNumber, Descriptor descriptor) {
            byChildNumber.put(childNumber, descriptor.duplicate(above));
        }

        private void fillStandard() {
            for (int n = 0; n <= 2; n++) {
                if (!byChildNumber.containsKey(n)) {
                    try (var nothing = Descriptor.open(Path.of("/dev/null"), OpenFlag.READ_WRITE)) {
                        put(n, nothing);
                    }
                }
            }
        }

        @Override
        public void close() {
            byChildNumber.values().forEach(Descriptor::close);
        }
    }

    /** What the child does to its descriptors before it becomes the program. */
    private static final class FileActions implements AutoCloseable {
        private final Arena arena;
        private final MemorySegment memory;

        FileActions(Arena arena) {
            this.arena = arena;
            this.memory = arena.allocate(OPAQUE, 16);
            Libc.POSIX_SPAWN_FILE_ACTIONS_INIT.invoke("", memory.address(), 0, 0);
        }

        void arrange(Sources sources, @Nullable Path directory) {
            for (int n = 0; n < sources.above; n++) {
                var source = sources.byChildNumber.get(n);
                if (source == null) {
                    Libc.POSIX_SPAWN_FILE_ACTIONS_ADDCLOSE.invoke("", memory.address(), n, 0);
                } else {
                    Libc.POSIX_SPAWN_FILE_ACTIONS_ADDDUP2.invoke(
                            source.label(), memory.address(), source.number(), n);
                }
            }
            // The JDK's own sockets are not close-on-exec.
            Libc.POSIX_SPAWN_FILE_ACTIONS_ADDCLOSEFROM_NP.invoke(
                    "", memory.address(), sources.above, 0);
            if (directory != null) {
                Libc.POSIX_SPAWN_FILE_ACTIONS_ADDCHDIR_NP.invoke(
                        directory.toString(),
                        memory.address(),
                        arena.allocateFrom(directory.toString()).address(),
                        0);
            }
        }

        @Override
        public void close() {
            Libc.POSIX_SPAWN_FILE_ACTIONS_DESTROY.invoke("", memory.address(), 0, 0);
        }
    }

    /** What else the child changes before it becomes the program. */
    private static final class Attributes implements AutoCloseable {
        private final MemorySegment memory;

        Attributes(Arena arena, boolean session) {
            memory = arena.allocate(OPAQUE, 16);
            long address = memory.address();
            int flags = SET_SIGNAL_MASK | SET_SIGNAL_DEFAULTS | (session ? SET_SESSION : 0);
            var nothing = arena.allocate(OPAQUE);
            var everything = arena.allocate(OPAQUE).fill(ALL);
            Libc.POSIX_SPAWNATTR_INIT.invoke("", address, 0, 0);
            Libc.POSIX_SPAWNATTR_SETFLAGS.invoke("", address, flags, 0);
            Libc.POSIX_SPAWNATTR_SETSIGMASK.invoke("", address, nothing.address(), 0);
            Libc.POSIX_SPAWNATTR_SETSIGDEFAULT.invoke("", address, everything.address(), 0);
        }

        @Override
        public void close() {
            Libc.POSIX_SPAWNATTR_DESTROY.invoke("", memory.address(), 0, 0);
        }
    }
}
