// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

/**
 * The one place where x86_64 and aarch64 differ: numbers of old system calls, a few flags, one
 * structure, and what they are called.
 */
enum Architecture {
    X86_64,
    AARCH64;

    static final Architecture CURRENT = of(System.getProperty("os.arch"));

    static Architecture of(String name) {
        return switch (name) {
            case "amd64", "x86_64" -> X86_64;
            case "aarch64", "arm64" -> AARCH64;
            default ->
                    throw new UnsupportedOperationException(
                            "Silica runs on x86_64 and aarch64, not on " + name);
        };
    }

    int pick(int x86, int arm) {
        return this == X86_64 ? x86 : arm;
    }

    /** What a system call filter knows it by (linux/audit.h). */
    int auditNumber() {
        return pick(0xC000_003E, 0xC000_00B7);
    }

    /** {@code struct epoll_event} is packed on x86_64 only (linux/eventpoll.h, EPOLL_PACKED). */
    int epollEventSize() {
        return pick(12, 16);
    }

    int epollDataOffset() {
        return pick(4, 8);
    }
}
