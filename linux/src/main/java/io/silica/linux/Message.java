// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * A {@code struct msghdr} with one buffer and room for descriptors ({@code SCM_RIGHTS}). Native
 * because the JDK cannot pass descriptors. Layouts: linux/socket.h, the same on all 64-bit
 * machines.
 */
final class Message {
    /** The most descriptors that one message can carry (SCM_MAX_FD). */
    static final int MAX_DESCRIPTORS = 253;

    private static final long VECTOR = 16;
    private static final long VECTOR_COUNT = 24;
    private static final long CONTROL = 32;
    private static final long CONTROL_LENGTH = 40;
    private static final long FLAGS = 48;
    private static final long SIZE = 56;

    private static final long CONTROL_HEADER = 16;
    private static final int SCM_RIGHTS = 1;

    private static final int MSG_CTRUNC = 0x8;
    private static final int MSG_TRUNC = 0x20;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int MSG_CMSG_CLOEXEC = 0x4000_0000;

    private final MemorySegment header;
    private final MemorySegment control;

    /** Preconditions: the arena and the data live until the call with this message has returned. */
    private Message(Arena arena, MemorySegment data, int descriptors) {
        var vector = arena.allocate(ADDRESS, 2);
        vector.set(ADDRESS, 0, data);
        vector.set(JAVA_LONG, 8, data.byteSize());
        // No padding after the last descriptor: the kernel would take it for room for one more.
        control = arena.allocate(CONTROL_HEADER + (long) Integer.BYTES * descriptors, 8);
        header = arena.allocate(SIZE, 8);
        header.set(ADDRESS, VECTOR, vector);
        header.set(JAVA_LONG, VECTOR_COUNT, 1);
        header.set(ADDRESS, CONTROL, control);
        header.set(JAVA_LONG, CONTROL_LENGTH, descriptors == 0 ? 0 : control.byteSize());
    }

    /**
     * Sends what there is in the buffer, with copies of the descriptors; the result as the kernel
     * gives it.
     */
    static long send(Descriptor socket, MemorySegment data, List<Descriptor> descriptors) {
        try (var arena = Arena.ofConfined()) {
            var message = new Message(arena, data, descriptors.size());
            message.attach(descriptors);
            return socket.attempt(Syscall.SENDMSG, message.header, MSG_NOSIGNAL | MSG_DONTWAIT, 0);
        }
    }

    private void attach(List<Descriptor> descriptors) {
        control.set(JAVA_LONG, 0, control.byteSize());
        control.set(JAVA_INT, 8, SocketOption.SOL_SOCKET);
        control.set(JAVA_INT, 12, SCM_RIGHTS);
        for (int i = 0; i < descriptors.size(); i++) {
            control.set(JAVA_INT, CONTROL_HEADER + 4L * i, descriptors.get(i).number());
        }
    }

    /**
     * Receives into the buffer.
     *
     * @return the bytes and the descriptors
     * @throws LinuxException EMSGSIZE if either did not fit: the descriptors that did are closed
     */
    static Received receive(Descriptor socket, MemorySegment buffer, int maxDescriptors) {
        try (var arena = Arena.ofConfined()) {
            var message = new Message(arena, buffer, maxDescriptors);
            long result =
                    socket.attempt(
                            Syscall.RECVMSG, message.header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC, 0);
            int bytes = socket.received(Syscall.RECVMSG, result);
            return bytes <= 0
                    ? new Received(bytes, List.of())
                    : message.complete(bytes, socket.label());
        }
    }

    private Received complete(int bytes, String subject) {
        var received = new Received(bytes, detach(subject));
        if ((header.get(JAVA_INT, FLAGS) & (MSG_CTRUNC | MSG_TRUNC)) != 0) {
            received.close();
            throw new LinuxException(Syscall.RECVMSG.call(), subject, Errno.EMSGSIZE);
        }
        return received;
    }

    private List<Descriptor> detach(String subject) {
        var descriptors = new ArrayList<Descriptor>();
        if (header.get(JAVA_LONG, CONTROL_LENGTH) > CONTROL_HEADER
                && control.get(JAVA_INT, 12) == SCM_RIGHTS) {
            long end = control.get(JAVA_LONG, 0);
            for (long at = CONTROL_HEADER; at < end; at += Integer.BYTES) {
                descriptors.add(
                        new Descriptor(control.get(JAVA_INT, at), "received from " + subject));
            }
        }
        return descriptors;
    }
}
