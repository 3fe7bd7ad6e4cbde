// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.silica.appkernel.OnGvisor;
import io.silica.appkernel.kernel.KernelContainer;
import io.silica.linux.leaks.LeakCheck;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.ExecConfig;
import io.silica.sandbox.ExecId;
import io.silica.sandbox.ProcessSpec.User;
import io.silica.sandbox.ProcessState;
import io.silica.sandbox.Stdio;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of a pod when what is written down about it is not so. */
@LeakCheck
@OnGvisor
final class StateThatLiesTest {
    private static final String GARBAGE = "{\"memory\": -1, \u0000";

    @TempDir Path directory;
    private PodOfOne pod;
    private PodOfOne other;
    private Path precious;

    @BeforeEach
    void startTwo() throws IOException {
        precious = Files.createDirectories(directory.resolve("precious/execs/one"));
        other = PodOfOne.start(Files.createDirectory(directory.resolve("b")));
        pod = PodOfOne.start(Files.createDirectory(directory.resolve("a")));
    }

    @AfterEach
    void closeThem() {
        pod.close();
        other.close();
    }

    /** Each of them is one way in which a directory of a pod may not be its own. */
    enum Lie {
        THE_SENTRY_OF_ANOTHER_POD {
            @Override
            void tell(PodPlaces of, PodPlaces another) throws IOException {
                Files.copy(another.kernel(), of.kernel(), StandardCopyOption.REPLACE_EXISTING);
                Files.delete(of.state(PodPlaces.ROOT_CONTAINER));
            }
        },
        THE_NAME_OF_ANOTHER_POD {
            @Override
            void tell(PodPlaces of, PodPlaces another) throws IOException {
                Files.writeString(of.directory().resolve("id"), "another");
            }
        },
        NO_NAME {
            @Override
            void tell(PodPlaces of, PodPlaces another) throws IOException {
                Files.delete(of.directory().resolve("id"));
            }
        },
        THE_CONTAINERS_OF_ANOTHER_POD {
            @Override
            void tell(PodPlaces of, PodPlaces another) throws IOException {
                var containers = of.directory().resolve("containers");
                Files.delete(containers);
                Files.createSymbolicLink(containers, another.directory().resolve("containers"));
            }
        },
        A_DIRECTORY_IN_THE_PLACE_OF_A_FILE {
            @Override
            void tell(PodPlaces of, PodPlaces another) throws IOException {
                Files.createDirectory(of.freeze());
            }
        };

        abstract void tell(PodPlaces of, PodPlaces another) throws IOException;
    }

    @ParameterizedTest
    @EnumSource
    void aPodWhoseDirectoryIsNotItsOwnIsEndedAndNoOther(Lie lie) throws Exception {
        int sentry = pod.pod().pid();
        pod.die();
        lie.tell(pod.places(), other.places());

        assertThat(pod.lives()).isFalse();

        assertThat(Path.of("/proc/" + sentry + "/exe")).doesNotExist();
        assertThat(other.output(_ -> {}, "echo hello")).isEqualTo("hello\n");
    }

    @Test
    void aContainerAboutWhichNothingSensibleIsWrittenEndsAlone() throws Exception {
        for (var id : new String[] {"limits", "stdio", "link", "gone", "good"}) {
            started(id);
        }
        pod.die();
        Files.writeString(place("limits").resolve("limits"), GARBAGE);
        Files.delete(place("stdio").resolve("stdio"));
        Files.createDirectory(place("stdio").resolve("stdio"));
        Files.move(place("link"), directory.resolve("moved"));
        Files.createSymbolicLink(place("link"), directory.resolve("moved"));
        Files.move(place("gone"), place("no id of a container"));

        var found =
                pod.live().stream()
                        .collect(Collectors.toMap(it -> it.id().value(), Function.identity()));

        assertThat(found).containsOnlyKeys("good");
        var good = requireNonNull(found.get("good"));
        assertThat(good.init().state()).isInstanceOf(ProcessState.Running.class);
        assertThat(pod.output(good, User.ROOT, "busybox ps")).containsOnlyOnce("sleep 1000");
        assertThat(pod.places().run()).containsExactly(new ContainerId("good"));
        assertThat(directory.resolve("moved/config.json")).exists();
    }

    @Test
    void aProcessAboutWhichNothingSensibleIsWrittenIsNotStartedAgain() throws Exception {
        var container = started("c1");
        for (var id : new String[] {"pid", "stdio"}) {
            var process = PodOfOne.process(Stdio.NONE, "/bin/sleep", "2000");
            container.exec(new ExecConfig(new ExecId(id), process, Stdio.NONE)).start();
        }
        pod.die();
        var execs = place("c1").resolve("execs");
        Files.writeString(execs.resolve("pid/pid"), "0");
        Files.writeString(execs.resolve("stdio/stdio"), GARBAGE);
        Files.createSymbolicLink(execs.resolve("link"), precious);

        var found = pod.live().getFirst().execs();

        assertThat(found).containsOnlyKeys(new ExecId("pid"));
        var process = requireNonNull(found.get(new ExecId("pid")));
        assertThat(process.state()).isInstanceOf(ProcessState.Stopped.class);
        assertThat(precious).exists();
    }

    private Path place(String container) {
        return pod.places().directory().resolve("containers").resolve(container);
    }

    private KernelContainer started(String id) {
        var container = pod.create(id, Stdio.NONE, "/bin/sleep", "1000");
        container.init().start();
        return container;
    }
}
