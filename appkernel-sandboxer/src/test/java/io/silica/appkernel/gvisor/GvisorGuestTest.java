// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.silica.appkernel.OnGvisor;
import io.silica.appkernel.kernel.KernelContainer;
import io.silica.linux.NetworkNamespace;
import io.silica.linux.netlink.RouteSocket;
import io.silica.sandbox.ProcessSpec.User;
import io.silica.sandbox.Resources;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Signal;
import io.silica.sandbox.Stdio;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** What a specification makes of a guest. One pod serves all tests: its start is what costs. */
@OnGvisor
final class GvisorGuestTest {
    private static final User SOMEBODY = new User(1000, 1001, List.of(2000L));
    private static final String RIGHTS = "busybox grep CapEff /proc/self/status; ";

    @TempDir static Path directory;
    private static NetworkNamespace network;
    private static PodOfOne pod;

    @BeforeAll
    static void startPod() throws Exception {
        network = NetworkNamespace.create();
        network.inside(() -> {
            try (var routes = new RouteSocket()) {
                var loopback = routes.links().getFirst();
                routes.configure(loopback.index(), loopback.name(), loopback.mtu());
            }
            return true;
        });
        pod = PodOfOne.startIn(network, directory);
    }

    @AfterAll
    static void closePod() {
        pod.close();
        network.close();
    }

    @Test
    void aFilterOfSystemCallsHoldsForAContainerAndAllThatItStarts() throws Exception {
        var script = "busybox mkdir /made 2>&1; busybox grep Seccomp: /proc/self/status";
        assertThat(pod.output(GvisorGuestTest::withoutMkdir, script))
                .contains("Operation not permitted")
                .endsWith("Seccomp:\t2\n");
        assertThat(pod.output(_ -> {}, script)).isEqualTo("Seccomp:\t0\n");
    }

    /** gVisor installs it with the first process, whose descendants have it. */
    @Test
    void aFilterOfSystemCallsDoesNotHoldForAnAddedProcess() throws Exception {
        var container = started("c1", GvisorGuestTest::withoutMkdir);
        assertThat(pod.output(container, User.ROOT, "busybox grep Seccomp: /proc/self/status"))
                .isEqualTo("Seccomp:\t0\n");
        delete(container);
    }

    /** As containerd's profile answers clone3, whereupon a C library goes on with clone. */
    @Test
    void aCallThatIsRefusedIsAnsweredAsTheFilterSays() throws Exception {
        var output =
                pod.output(
                        spec -> {
                            refuse(spec, "clone3", "mkdir", "mkdirat").put("errnoRet", 38);
                            refuse(spec, "rmdir", "unlinkat").put("errnoRet", 1);
                        },
                        "busybox mkdir /made 2>&1; busybox rmdir /bin 2>&1");
        assertThat(output.lines())
                .satisfiesExactly(
                        it -> assertThat(it).endsWith("Function not implemented"),
                        it -> assertThat(it).endsWith("Operation not permitted"));
    }

    @Test
    void aFilterThatMakesNoSenseIsRefusedInWords() {
        var container =
                pod.create(
                        "c1",
                        Resources.UNLIMITED,
                        Stdio.NONE,
                        spec -> {
                            var argument = refuse(spec, "mkdir").putArray("args").addObject();
                            argument.put("index", 0).put("value", 1).put("op", "SCMP_CMP_WHATEVER");
                        },
                        "/bin/sleep",
                        "1000");
        assertThatThrownBy(() -> container.init().start())
                .isInstanceOf(SandboxException.Failed.class)
                .hasMessageContaining("SCMP_CMP_WHATEVER");
        container.init().delete();
    }

    @Test
    void aGuestIsTheUserThatIsAskedForWithTheRightsThatAreAskedFor() throws Exception {
        var script = RIGHTS + "busybox id -u; busybox id -g; busybox id -G";
        assertThat(
                        pod.output(
                                spec -> {
                                    var user = spec.withObject("process").withObject("user");
                                    user.put("uid", SOMEBODY.uid()).put("gid", SOMEBODY.gid());
                                    user.putArray("additionalGids").add(2000);
                                },
                                script))
                .isEqualTo("CapEff:\t0000000000000000\n1000\n1001\n1001 2000\n");
        var chown = "busybox touch /owned; busybox chown 5 /owned 2>&1 && echo changed";
        assertThat(pod.output(GvisorGuestTest::mayChown, RIGHTS + chown))
                .isEqualTo("CapEff:\t0000000000000001\nchanged\n");
        assertThat(pod.output(_ -> {}, chown)).contains("Operation not permitted");
    }

    @Test
    void anAddedProcessHasTheRightsOfTheContainerAndAUserOfItsOwn() throws Exception {
        var container = started("c1", GvisorGuestTest::mayChown);
        assertThat(pod.output(container, User.ROOT, RIGHTS + "busybox id -u"))
                .isEqualTo("CapEff:\t0000000000000001\n0\n");
        assertThat(pod.output(container, SOMEBODY, "busybox id -u; busybox id -G"))
                .isEqualTo("1000\n1001 2000\n");
        delete(container);
    }

    @Test
    void aReadOnlyRootIsNotWrittenAndAFileSystemInMemoryUpToItsSize() throws Exception {
        var output =
                pod.output(
                        spec -> {
                            spec.withObject("root").put("readonly", true);
                            mount(spec, "/tmp", "tmpfs", "tmpfs", "size=1m");
                        },
                        "busybox touch /new 2>&1; echo small >/tmp/small; busybox cat /tmp/small;"
                                + " busybox dd if=/dev/zero of=/tmp/large bs=64k count=32 2>&1");
        assertThat(output).contains("Read-only file system", "small\n", "No space left on device");
        assertThat(directory.resolve("image/new")).doesNotExist();
    }

    @Test
    void aVolumeIsOneForAllContainersOfAPodAndTheHost() throws Exception {
        var volume = Files.createDirectory(directory.resolve("shared"));
        var first = started("c1", it -> bind(it, "/data", volume, "rw"));
        var second = started("c2", it -> bind(it, "/other", volume, "rw"));
        assertThat(inside(first, "echo one >/data/file")).isEmpty();
        assertThat(inside(second, "busybox cat /other/file; echo two >>/other/file"))
                .isEqualTo("one\n");
        assertThat(inside(first, "busybox cat /data/file; busybox mv /data/file /data/moved"))
                .isEqualTo("one\ntwo\n");
        assertThat(volume.resolve("moved")).hasContent("one\ntwo\n");
        assertThat(inside(second, "busybox ls /other; busybox rm /other/moved"))
                .isEqualTo("moved\n");
        assertThat(inside(first, "busybox ls /data")).isEmpty();
        delete(first);
        delete(second);
    }

    /** As the kubelet changes what is in a ConfigMap. */
    @Test
    void aLinkThatIsReplacedOnTheHostIsAnotherInsideAtOnce() throws Exception {
        var volume = Files.createDirectory(directory.resolve("config"));
        for (var name : List.of("old", "new")) {
            Files.writeString(Files.createDirectory(volume.resolve(name)).resolve("key"), name);
        }
        Files.createSymbolicLink(volume.resolve("..data"), Path.of("old"));
        var container = started("c1", it -> bind(it, "/config", volume, "ro"));
        assertThat(inside(container, "busybox cat /config/..data/key")).isEqualTo("old");
        Files.createSymbolicLink(volume.resolve("next"), Path.of("new"));
        Files.move(
                volume.resolve("next"), volume.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
        assertThat(inside(container, "busybox cat /config/..data/key")).isEqualTo("new");
        delete(container);
    }

    @Test
    void aReadOnlyVolumeAndASingleFileAreWhatTheyAreOnTheHost() throws Exception {
        var volume = Files.createDirectory(directory.resolve("read-only"));
        var key = Files.writeString(directory.resolve("key"), "secret\n");
        var output =
                pod.output(
                        spec -> {
                            bind(spec, "/data", volume, "ro");
                            bind(spec, "/etc/key", key, "ro");
                        },
                        "busybox touch /data/new 2>&1; busybox cat /etc/key; echo more >>/etc/key");
        assertThat(output).contains("Read-only file system", "secret\n");
        assertThat(volume).isEmptyDirectory();
        assertThat(key).hasContent("secret\n");
    }

    @Test
    void theContainersOfAPodHaveOneHostNameAndOneNetwork() throws Exception {
        var serves = started("c1", _ -> {});
        var asks = started("c2", _ -> {});
        assertThat(
                        inside(
                                serves,
                                "busybox hostname; (busybox nc -ll -p 8088 -e /bin/echo hello"
                                        + " >/dev/null 2>&1 &)"))
                .isEqualTo("host-of-pod\n");
        // It listens a moment after it was started.
        assertThat(
                        inside(
                                asks,
                                "busybox hostname; until busybox nc 127.0.0.1 8088 2>/dev/null;"
                                        + " do sleep 0.05; done"))
                .isEqualTo("host-of-pod\nhello\n");
        delete(serves);
        delete(asks);
    }

    private static KernelContainer started(String id, Consumer<ObjectNode> change) {
        var container =
                pod.create(id, Resources.UNLIMITED, Stdio.NONE, change, "/bin/sleep", "1000");
        container.init().start();
        return container;
    }

    private static String inside(KernelContainer container, String script) throws Exception {
        return pod.output(container, User.ROOT, script);
    }

    private static void delete(KernelContainer container) throws InterruptedException {
        container.init().signal(Signal.KILL, true);
        container.init().exit().await();
        container.init().delete();
    }

    private static void withoutMkdir(ObjectNode spec) {
        refuse(spec, "mkdir", "mkdirat");
    }

    /** Adds a rule to a filter that allows the rest. */
    private static ObjectNode refuse(ObjectNode spec, String... calls) {
        var filter = spec.withObject("linux").withObject("seccomp");
        filter.put("defaultAction", "SCMP_ACT_ALLOW");
        var rule = filter.withArray("syscalls").addObject().put("action", "SCMP_ACT_ERRNO");
        for (var call : calls) {
            rule.withArray("names").add(call);
        }
        return rule;
    }

    private static void mayChown(ObjectNode spec) {
        var sets = spec.withObject("process").withObject("capabilities");
        for (var set : List.of("bounding", "permitted", "effective")) {
            sets.putArray(set).add("CAP_CHOWN");
        }
    }

    private static void bind(ObjectNode spec, String place, Path source, String how) {
        mount(spec, place, "bind", source.toString(), "rbind", how);
    }

    private static void mount(
            ObjectNode spec, String place, String type, String source, String... options) {
        var mount = spec.withArray("mounts").addObject().put("destination", place);
        mount.put("type", type).put("source", source);
        for (var option : options) {
            mount.withArray("options").add(option);
        }
    }
}
