// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.concurrent.Callable;

/**
 * A network namespace that is held open. Native because the JDK knows no namespaces.
 *
 * <p>A thread, not a process, is in a namespace, and a virtual thread would leave its carrier
 * behind in it: so what is to happen there happens on a platform thread that is made for it and
 * dies with it.
 */
public final class NetworkNamespace implements AutoCloseable {
    private static final int CLONE_NEWNET = 0x4000_0000;

    /** {@code _IO(0xb7, 0x3)} of linux/nsfs.h: what kind of namespace a descriptor is. */
    private static final int NS_GET_NSTYPE = 0xb703;

    private static final long NSFS_MAGIC = 0x6e73_6673;
    private static final long STATFS_SIZE = 120;

    private final Descriptor descriptor;

    private NetworkNamespace(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    /**
     * Opens a namespace by its path, such as a CNI's in /run/netns.
     *
     * @throws LinuxException ENOENT, or EINVAL if it is not a network namespace
     */
    public static NetworkNamespace open(Path path) {
        // Not blocking: it may be a FIFO as well.
        var descriptor = Descriptor.open(path, OpenFlag.READ, OpenFlag.NON_BLOCKING);
        if (isNetworkNamespace(descriptor)) {
            return new NetworkNamespace(descriptor);
        }
        descriptor.close();
        throw new LinuxException(Syscall.SETNS.call(), path.toString(), Errno.EINVAL);
    }

    private static boolean isNetworkNamespace(Descriptor descriptor) {
        try (var arena = Arena.ofConfined()) {
            var statistics = arena.allocate(STATFS_SIZE, 8);
            long result = descriptor.attempt(Syscall.FSTATFS, statistics, 0, 0);
            // A device could take the request that asks for the kind for one of its own.
            return result == 0
                    && statistics.get(JAVA_LONG, 0) == NSFS_MAGIC
                    && descriptor.attempt(Syscall.IOCTL, NS_GET_NSTYPE, 0, 0, 0) == CLONE_NEWNET;
        }
    }

    /**
     * A new one, with nothing but a loopback device that is down; it lasts as long as it is held.
     */
    public static NetworkNamespace create() throws InterruptedException {
        return OwnThread.run(
                "netns-create",
                () -> {
                    Syscall.UNSHARE.check(Syscall.UNSHARE.invoke(CLONE_NEWNET, 0), "CLONE_NEWNET");
                    return open(Path.of("/proc/thread-self/ns/net"));
                });
    }

    /** What can be passed to another process; it stays the property of this. */
    public Descriptor descriptor() {
        return descriptor;
    }

    /**
     * Runs something in the namespace and waits for it: sockets that it makes and children that it
     * spawns are in there for good.
     *
     * @param body runs on a platform thread; an interrupt of the caller interrupts it
     * @throws LinuxException EPERM without CAP_SYS_ADMIN
     * @throws IllegalStateException with the cause, if the body threw a checked exception
     */
    public <T> T inside(Callable<T> body) throws InterruptedException {
        return OwnThread.run(
                "in " + descriptor.label(),
                () -> {
                    descriptor.call(Syscall.SETNS, CLONE_NEWNET, 0);
                    return body.call();
                });
    }

    @Override
    public void close() {
        descriptor.close();
    }
}
