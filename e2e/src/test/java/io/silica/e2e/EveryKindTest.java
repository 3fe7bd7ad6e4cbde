// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import static java.io.OutputStream.nullOutputStream;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.silica.ctl.cri.CriException;
import io.silica.ctl.cri.WantedStreams;
import io.silica.ctl.streaming.CommandStreams;
import io.silica.ctl.streaming.StreamingException;
import io.silica.proto.cri.ContainerStats;
import io.silica.proto.cri.KeyValue;
import io.silica.proto.cri.Mount;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.ClassTemplate;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * The sentences that hold for every kind of pods, but for what {@link Kind} declares to be refused.
 * What only one kind can is in the class of that kind.
 */
@Tag("host")
@ClassTemplate
@ExtendWith(EveryKind.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class EveryKindTest {
    private static final Duration GRACE = Duration.ofSeconds(30);
    private static final long A_SECOND = 1_000_000_000;

    @Test
    void theExitCodeIsThatOfTheGuest(PodUnderTest it) {
        var fails = it.guests().exit(it.pod(), 42);

        assertThat(fails.awaitExitCode()).isEqualTo(42);
        assertThat(fails.status().getReason()).isEqualTo("Error");
    }

    @Test
    void outputKeepsItsStreams(PodUnderTest it) {
        var container = it.guests().streams(it.pod());

        assertThat(container.awaitExitCode()).isZero();
        assertThat(container.status().getReason()).isEqualTo("Completed");
        assertThat(container.stdout()).isEqualTo("this is stdout\n");
        assertThat(container.stderr()).isEqualTo("this is stderr\n");
    }

    @Test
    void nothingOfAnOutputOfManyLinesIsLost(PodUnderTest it) {
        var container = it.guests().count(it.pod(), 20_000);

        assertThat(container.awaitExitCode()).isZero();
        assertThat(container.stdout()).isEqualTo(numbersUpTo(20_000));
    }

    @Test
    void theGuestGetsItsEnvironment(PodUnderTest it) {
        var colour =
                KeyValue.newBuilder()
                        .setKey("COLOUR")
                        .setValue(ByteString.copyFromUtf8("deep blue"))
                        .build();
        var container = it.guests().environment(it.pod(), colour);

        assertThat(container.awaitExitCode()).isZero();
        assertThat(container.stdout().lines()).contains("COLOUR=deep blue");
    }

    /** Who attaches to a container that reads once ends its input, at the latest by going away. */
    @Test
    void inputReachesTheGuestAndSoDoesItsEnd(PodUnderTest it) throws StreamingException {
        var container = it.guests().echo(it.pod());
        var url = it.node().cri().attachUrl(container.id(), new WantedStreams(true, false));
        var words = "words\n".getBytes(UTF_8);
        try (var streams = CommandStreams.open(url, nullOutputStream(), nullOutputStream())) {
            streams.send(words, 0, words.length);
            container.awaitLine("words");
            if (streams.endInput()) {
                container.awaitExit();
            }
        }

        assertThat(container.awaitExitCode()).isZero();
    }

    @Test
    void aContainerIsHeardByWhoAttachesAndGoesOnWithoutThem(PodUnderTest it)
            throws StreamingException {
        var container = it.guests().tick(it.pod(), 10_000, 50, 0);
        var url = it.node().cri().attachUrl(container.id(), new WantedStreams(false, false));
        var heard = new ByteArrayOutputStream();
        try (var _ = CommandStreams.open(url, heard, nullOutputStream())) {
            Until.holds("a line of its output", () -> heard.toString(UTF_8).contains("\n"));
        }

        int before = lines(container);
        Until.holds("another line in its log", () -> lines(container) > before);
        container.kill();
        assertThat(container.awaitExitCode()).isEqualTo(137);
    }

    private static int lines(PodContainer container) {
        return container.log().size();
    }

    @Test
    void aContainerIsKilledOrStoppedAndItsNeighboursGoOn(PodUnderTest it) {
        var stops = it.guests().spin(it.pod()).awaitLine("spinning");
        var dies = it.guests().spin(it.pod()).awaitLine("spinning");

        dies.kill();

        assertThat(dies.awaitExitCode()).isEqualTo(137);
        assertThat(stops.isRunning()).isTrue();
        stops.stop(GRACE);
        assertThat(stops.awaitExitCode()).isEqualTo(143);
        assertThat(it.pod().isReady()).isTrue();
    }

    @Test
    void aContainerIsPausedAndResumed(PodUnderTest it) {
        var container = it.guests().spin(it.pod()).awaitLine("spinning");

        it.node().ctr("tasks", "pause", container.id());
        assertThat(it.node().ctr("tasks", "ls")).containsPattern(container.id() + " +\\d+ +PAUSED");
        it.node().ctr("tasks", "resume", container.id());

        container.stop(GRACE);
        assertThat(container.awaitExitCode()).isEqualTo(143);
    }

    @Test
    void aProgramThatIsNotThereIsNamed(PodUnderTest it) {
        assertThatThrownBy(() -> it.guests().missing(it.pod(), "/no/such"))
                .isInstanceOf(CriException.class)
                .hasMessageContaining("/no/such");
    }

    @Test
    void aVolumeIsReadAndWrittenUnlessItIsReadOnly(PodUnderTest it, @TempDir Path directory)
            throws IOException {
        Files.writeString(directory.resolve("note"), "of the host");
        var volume = Mount.newBuilder().setContainerPath("/data").setHostPath(directory.toString());
        var readOnly = volume.clone().setReadonly(true).build();

        var reads = it.guests().cat(it.pod(), readOnly, "/data/note");
        var fails = it.guests().write(it.pod(), readOnly, "/data/new", "refused");
        assertThat(reads.awaitExitCode()).isZero();
        assertThat(reads.stdout()).isEqualTo("of the host");
        assertThat(fails.awaitExitCode()).isNotZero();
        assertThat(directory.resolve("new")).doesNotExist();

        var writes = it.guests().write(it.pod(), volume.build(), "/data/new", "of the guest");
        assertThat(writes.awaitExitCode()).isZero();
        assertThat(directory.resolve("new")).hasContent("of the guest");
    }

    @Test
    void figuresAreThoseOfTheContainerThatTheyAreToldOf(PodUnderTest it) {
        var idle = it.guests().echo(it.pod());
        var busy = it.guests().compute(it.pod());
        var cri = it.node().cri();

        Until.passes(() -> {
            var figures = cri.containerStats(busy.id());
            assertThat(cpu(figures)).isGreaterThan(A_SECOND + cpu(cri.containerStats(idle.id())));
            assertThat(figures.getMemory().getWorkingSetBytes().getValue()).isPositive();
        });
        var pod = cri.podStats(it.pod().id()).getLinux();
        assertThat(pod.hasCpu()).isTrue();
        if (it.node().build().asksForPodFigures()) {
            assertThat(pod.getCpu().getUsageCoreNanoSeconds().getValue()).isPositive();
        }
    }

    private static long cpu(ContainerStats figures) {
        return figures.getCpu().getUsageCoreNanoSeconds().getValue();
    }

    @Test
    void aPodHasAnAddressOfItsOwn(PodUnderTest it) {
        assertThat(it.pod().status().getNetwork().getIp()).startsWith("10.");
    }

    @Test
    void aPodCanBeOnTheNetworkOfItsHost(PodUnderTest it) {
        try (var pod = it.another(Pod::onHostNetwork)) {
            assertThat(it.guests().exit(pod, 3).awaitExitCode()).isEqualTo(3);
        }
    }

    @Test
    void aProcessIsAddedToAContainer(PodUnderTest it) {
        var container = it.guests().spin(it.pod()).awaitLine("spinning");
        var cri = it.node().cri();

        var answer = cri.exec(container.id(), Busybox.shell("echo out; echo err >&2; exit 9"));

        assertThat(answer.getStdout().toStringUtf8()).isEqualTo("out\n");
        assertThat(answer.getStderr().toStringUtf8()).isEqualTo("err\n");
        assertThat(answer.getExitCode()).isEqualTo(9);
        assertThatThrownBy(() -> cri.exec(container.id(), List.of("/nosuch")))
                .isInstanceOf(CriException.class)
                .hasMessageContaining("/nosuch");
    }

    @Test
    void aContainerCanHaveATerminal(PodUnderTest it) {
        var container = it.guests().terminal(it.pod());

        assertThat(container.awaitExitCode()).isZero();
        // A terminal has one output.
        assertThat(container.stdout().strip()).isEqualTo("terminal");
        assertThat(container.stderr()).isEmpty();
    }

    @Test
    void aContainerGoesOnWhenTheDaemonIsKilledAndItsEndIsTold(PodUnderTest it) {
        var looping = it.guests().spin(it.pod()).awaitLine("spinning");
        var container = it.guests().tick(it.pod(), 100, 50, 7).awaitLine("3");

        it.sandboxer().kill();

        assertThat(container.awaitExitCode()).isEqualTo(7);
        assertThat(container.stdout()).isEqualTo(numbersUpTo(100));
        it.pod().awaitFound();
        assertThat(it.guests().exit(it.pod(), 4).awaitExitCode()).isEqualTo(4);
        looping.kill();
        assertThat(looping.awaitExitCode()).isEqualTo(137);
    }

    @Test
    void aContainerGoesOnWhenContainerdIsKilled(PodUnderTest it) {
        var container = it.guests().spin(it.pod()).awaitLine("spinning");

        it.node().containerd().kill();
        it.node().containerd().start();

        it.pod().awaitFound();
        assertThat(container.isRunning()).isTrue();
        container.stop(GRACE);
        assertThat(container.awaitExitCode()).isEqualTo(143);
    }

    /** The last one: after it the others would need another pod. */
    @Test
    @Order(Integer.MAX_VALUE)
    void aPodThatIsStoppedEndsItsContainersAndOneThatIsRemovedLeavesNothing(PodUnderTest it) {
        var spins = it.guests().spin(it.pod()).awaitLine("spinning");

        it.pod().stop();

        assertThat(spins.awaitExitCode()).isEqualTo(137);
        it.pod().remove();
        Leftovers.assertNone(it.node());
    }

    private static String numbersUpTo(int last) {
        return IntStream.rangeClosed(1, last)
                .mapToObj(Integer::toString)
                .collect(Collectors.joining("\n", "", "\n"));
    }
}
