// SPDX-License-Identifier: Apache-2.0

/**
 * The Linux calls that the JDK lacks, each wrapped once: nothing else in Silica calls native code.
 *
 * <p>Rules: what a method opens has an owner with an idempotent {@code close}; every descriptor is
 * close-on-exec; a refusal is a {@link io.silica.linux.LinuxException} that names call, subject and
 * reason; a native call that can block is never made on a virtual thread, because it pins its
 * carrier (two cores are two carriers).
 *
 * <table>
 * <caption>Which thread may call what</caption>
 * <tr><th>type</th><th>thread</th><th>what can block</th><th>why native</th></tr>
 * <tr><td>Descriptor, Pipe</td><td>any</td><td>open and reserve, as long as the file
 *     system does; read and write of a blocking file: platform</td>
 *     <td>the JDK hides the numbers</td></tr>
 * <tr><td>UnixSocket, UnixListener, UnixDatagram</td><td>any</td><td>nothing</td>
 *     <td>peek, descriptors, credentials, SEQPACKET, datagrams, adoption</td></tr>
 * <tr><td>TcpListener, TcpConnection</td><td>any</td><td>nothing</td>
 *     <td>the JDK hides the numbers and adopts none</td></tr>
 * <tr><td>Epoll</td><td>await, token, events: one platform thread; the rest: any</td><td>await</td>
 *     <td>edge triggering on foreign descriptors</td></tr>
 * <tr><td>EventFd</td><td>signal: any; drain: the loop</td><td>nothing</td>
 *     <td>no such thing in the JDK</td></tr>
 * <tr><td>Poller and its streams</td><td>any, virtual threads too</td><td>in Java only</td>
 *     <td>waits for descriptors that have no channel</td></tr>
 * <tr><td>Spawn</td><td>one</td><td>start, on the paths of program and directory: platform if they
 *     are another's</td><td>chosen descriptors, sessions</td></tr>
 * <tr><td>SyscallFilter</td><td>any</td><td>nothing</td><td>is not: it makes the bytes that another
 *     program loads</td></tr>
 * <tr><td>Child, Pidfd, ProcessIdentity, Subreaper</td><td>any</td><td>nothing; a wait is the
 *     Poller's</td><td>handles that a reused pid cannot fool, any signal, no thread per process</td></tr>
 * <tr><td>Mounts, DetachedMount</td><td>platform, bounded</td><td>everything, as long as a file system does
 *     not answer</td><td>the JDK cannot mount</td></tr>
 * <tr><td>MountTable</td><td>any</td><td>nothing</td><td>is not: /proc</td></tr>
 * <tr><td>Beneath</td><td>platform, where others own the file system</td><td>open, createDirectory</td>
 *     <td>resolution that cannot be raced</td></tr>
 * <tr><td>OpenFile, OpenDirectory, FileStatus</td><td>platform, where others own the file system</td>
 *     <td>everything</td><td>the JDK goes by paths</td></tr>
 * <tr><td>NamedPipe</td><td>platform, where others own the file system</td><td>everything</td>
 *     <td>the JDK makes none</td></tr>
 * <tr><td>FileTree</td><td>platform, where others own the file system</td><td>everything</td>
 *     <td>is not</td></tr>
 * <tr><td>NetworkNamespace</td><td>any; inside waits in Java for a platform thread of its own</td>
 *     <td>what runs inside</td><td>namespaces belong to threads</td></tr>
 * <tr><td>LoopbackListener, LoopbackConnection</td><td>open: as NetworkNamespace; the rest: any</td>
 *     <td>nothing</td><td>sockets in other namespaces, all ports at once</td></tr>
 * <tr><td>BootClock</td><td>any</td><td>nothing</td>
 *     <td>the JDK has no clock that goes on while the machine sleeps</td></tr>
 * <tr><td>Niceness</td><td>the platform thread that is meant</td><td>nothing</td>
 *     <td>Java's priorities do nothing on Linux</td></tr>
 * <tr><td>ResourceLimit</td><td>any</td><td>nothing</td><td>the JDK knows no limits</td></tr>
 * <tr><td>ReservedMemory</td><td>any, one at a time</td><td>nothing</td>
 *     <td>the JDK maps nothing that grows in its place</td></tr>
 * <tr><td>NativeLibrary</td><td>as the library says</td><td>what the library does</td>
 *     <td>is one</td></tr>
 * <tr><td>NativeLinkage</td><td>any</td><td>nothing</td><td>links the native ones</td></tr>
 * <tr><td>Children</td><td>awaitExit: a platform thread of its own; collect: any</td>
 *     <td>awaitExit</td><td>the JDK waits only for what it has started</td></tr>
 * <tr><td>VsockSocket</td><td>platform</td><td>connect</td><td>the JDK knows no such address</td></tr>
 * <tr><td>Machine</td><td>any; sync: platform</td><td>sync</td>
 *     <td>the JDK sets no clock, no name and no machine off</td></tr>
 * <tr><td>Terminal</td><td>any</td><td>nothing</td><td>the JDK has no terminals</td></tr>
 * <tr><td>the package netlink</td><td>platform: the kernel answers at once, or while it holds a
 *     lock</td><td>every request</td><td>the JDK cannot set up a network</td></tr>
 * <tr><td>the package cgroup</td><td>any</td><td>delete, in Java</td><td>is not: files</td></tr>
 * </table>
 */
@NullMarked
package io.silica.linux;

import org.jspecify.annotations.NullMarked;
