// SPDX-License-Identifier: Apache-2.0
package io.silica.server.faults;

import static io.silica.server.faults.Ground.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.silica.linux.leaks.LeakCheck;
import io.silica.proto.containerd.task.CreateTaskRequest;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxId;
import io.silica.server.contract.Bundle;
import io.silica.ttrpc.StatusCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@LeakCheck
class FailedStepTest {
    @TempDir Path directory;
    private Ground ground;

    @BeforeEach
    void startDaemon() throws IOException {
        ground = new Ground(directory);
    }

    @AfterEach
    void stopDaemon() {
        ground.close();
    }

    @Test
    void aSandboxThatCannotBeCreatedLeavesNothingAndIsCreatedTheNextTime() {
        ground.faults.failNext("sandbox.create", new SandboxException.Exhausted("no memory"));
        refused(Status.Code.RESOURCE_EXHAUSTED, () -> ground.daemon().create("s1"));
        ground.nothingIsLeft();
        refused(Status.Code.NOT_FOUND, () -> ground.daemon().status("s1"));
        livesItsLife("s1");
    }

    @Test
    void aSandboxWhosePodTheHostCannotPrepareLeavesNothing() throws IOException {
        // A file where the directory of the pod would be.
        Path obstacle = Files.createFile(ground.pods().resolve("s1"));
        refused(Status.Code.UNKNOWN, () -> ground.daemon().create("s1"));
        assertThat(ground.survivors.has(new SandboxId("s1"))).isFalse();
        Files.delete(obstacle);
        ground.nothingIsLeft();
        livesItsLife("s1");
    }

    @Test
    void aSandboxWhoseRecordCannotBeKeptLeavesNothing() throws IOException {
        Path obstacle = Files.createDirectories(ground.record("s1").resolve("in the way"));
        refused(Status.Code.UNKNOWN, () -> ground.daemon().create("s1"));
        assertThat(ground.survivors.has(new SandboxId("s1"))).isFalse();
        Files.delete(obstacle);
        Files.deleteIfExists(ground.record("s1"));
        ground.nothingIsLeft();
        livesItsLife("s1");
    }

    @Test
    void whenRecordsCannotBeWrittenWhatIsNewIsRefusedAndWhatIsKnownIsServed() throws IOException {
        ground.run("s1");
        ground.runTask("s1", "c1");
        Files.delete(ground.record("s1"));
        Files.createDirectories(ground.record("s1"));

        refused(StatusCode.UNKNOWN, () -> ground.createTask("s1", "c2"));
        refused(StatusCode.NOT_FOUND, () -> ground.tasks().state("c2"));

        ground.endTask("c1");
        shutDown("s1");
    }

    @Test
    void aFailedStartRemovesTheSandbox() {
        ground.daemon().create("s1");
        ground.faults.failNext("sandbox.start", new SandboxException.Unavailable("no guest"));
        refused(Status.Code.UNAVAILABLE, () -> ground.daemon().start("s1"));
        refused(Status.Code.NOT_FOUND, () -> ground.daemon().status("s1"));
        assertThat(ground.survivors.has(new SandboxId("s1"))).isFalse();
        ground.nothingIsLeft();
        livesItsLife("s1");
    }

    @Test
    void aStartThatCannotBeRecordedRemovesTheSandbox() throws IOException {
        ground.daemon().create("s1");
        Files.delete(ground.record("s1"));
        Path obstacle = Files.createDirectories(ground.record("s1"));
        refused(Status.Code.UNKNOWN, () -> ground.daemon().start("s1"));
        refused(Status.Code.NOT_FOUND, () -> ground.daemon().status("s1"));
        assertThat(obstacle).doesNotExist();
        ground.nothingIsLeft();
        livesItsLife("s1");
    }

    @Test
    void aSandboxThatEndedBeforeItsStartIsRemovedByTheStart() {
        ground.daemon().create("s1");
        ground.daemon().stop("s1");
        refused(Status.Code.FAILED_PRECONDITION, () -> ground.daemon().start("s1"));
        refused(Status.Code.NOT_FOUND, () -> ground.daemon().status("s1"));
        ground.nothingIsLeft();
    }

    @Test
    void aContainerThatCannotBeCreatedLeavesNothingAndIsCreatedTheNextTime() {
        ground.run("s1");
        ground.faults.failNext("container.create", new SandboxException.InvalidArgument("no"));
        refused(StatusCode.INVALID_ARGUMENT, () -> ground.createTask("s1", "c1"));
        nothingOfTheContainerIsLeft("c1");
        ground.runTask("s1", "c1");
        ground.endTask("c1");
        shutDown("s1");
    }

    @Test
    void aContainerWithoutASpecificationLeavesNothing() throws IOException {
        ground.run("s1");
        Bundle bundle = ground.bundle("s1", "c1", "sleep");
        Files.writeString(bundle.directory().resolve("config.json"), "{\"ociVersion\": ");
        createIsRefused(bundle.request().build());
        nothingOfTheContainerIsLeft("c1");
        ground.runTask("s1", "c1");
        shutDown("s1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "image/missing", "/nowhere", "/dev/null"})
    void aContainerWhoseRootFileSystemCannotBeMountedLeavesNothing(String source) {
        ground.run("s1");
        CreateTaskRequest.Builder request = ground.bundle("s1", "c1", "sleep").request();
        request.getRootfsBuilder(0).setSource(source);
        createIsRefused(request.build());
        nothingOfTheContainerIsLeft("c1");
        ground.runTask("s1", "c1");
        shutDown("s1");
    }

    @Test
    void aContainerAnnotatedWithAnotherSandboxIsUnmountedAgain() throws IOException {
        ground.run("s1");
        Bundle bundle = ground.bundle("s1", "c1", "sleep");
        bundle.write(Bundle.spec("s2", List.of("sleep")));
        createIsRefused(bundle.request().build());
        nothingOfTheContainerIsLeft("c1");
        shutDown("s1");
    }

    @Test
    void aProcessThatCannotBeStartedIsStartedTheNextTime() {
        ground.run("s1");
        ground.createTask("s1", "c1");
        ground.faults.failNext("process.start", new SandboxException.Exhausted("no threads"));
        refused(StatusCode.RESOURCE_EXHAUSTED, () -> ground.tasks().start("c1"));
        ground.tasks().start("c1");
        ground.endTask("c1");
        shutDown("s1");
    }

    @Test
    void aContainerThatWasCreatedAndNeverStartedIsDeleted() {
        ground.run("s1");
        ground.createTask("s1", "c1");
        ground.faults.failNext("process.start", new SandboxException.Unavailable("no"));
        refused(StatusCode.UNAVAILABLE, () -> ground.tasks().start("c1"));
        assertThat(ground.tasks().delete("c1").getExitStatus()).isEqualTo(137);
        nothingOfTheContainerIsLeft("c1");
        shutDown("s1");
    }

    @Test
    void aDeleteThatFailsSucceedsWhenItIsRepeated() {
        ground.run("s1");
        ground.runTask("s1", "c1");
        ground.tasks().kill("c1", Ground.KILL);
        ground.tasks().await("c1");
        ground.faults.failNext("process.delete", new SandboxException.Unavailable("later"));
        refused(StatusCode.UNAVAILABLE, () -> ground.tasks().delete("c1"));
        assertThat(ground.tasks().delete("c1").getExitStatus()).isEqualTo(137);
        nothingOfTheContainerIsLeft("c1");
        shutDown("s1");
    }

    @Test
    void aStopThatFailsSucceedsWhenItIsRepeated() {
        ground.run("s1");
        ground.faults.failNext("sandbox.stop", new SandboxException.Unavailable("later"));
        refused(Status.Code.UNAVAILABLE, () -> ground.daemon().stop("s1"));
        assertThat(ground.daemon().status("s1").getState()).isEqualTo("SANDBOX_READY");
        ground.daemon().stop("s1");
        assertThat(ground.daemon().status("s1").getState()).isEqualTo("SANDBOX_NOTREADY");
        shutDown("s1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sandbox.stop", "sandbox.close"})
    void aShutdownThatFailsSucceedsWhenItIsRepeated(String step) {
        ground.run("s1");
        ground.runTask("s1", "c1");
        ground.faults.failNext(step, new SandboxException.Unavailable("later"));
        refused(Status.Code.UNAVAILABLE, () -> ground.daemon().shutdown("s1"));
        shutDown("s1");
        livesItsLife("s1");
    }

    @Test
    void aShutdownThatCouldNotDeleteTheRecordSucceedsWhenItIsRepeated() throws IOException {
        ground.run("s1");
        ground.runTask("s1", "c1");
        // Stopped first: the record is written once more when the end is known.
        ground.daemon().stop("s1");
        Ground.until(() -> read(ground.record("s1")).contains("\"stopped\""));
        Files.delete(ground.record("s1"));
        Path obstacle = Files.createDirectories(ground.record("s1").resolve("in the way"));
        refused(Status.Code.UNKNOWN, () -> ground.daemon().shutdown("s1"));
        Files.delete(obstacle);
        shutDown("s1");
        refused(StatusCode.NOT_FOUND, () -> ground.tasks().state("c1"));
        livesItsLife("s1");
    }

    private void createIsRefused(CreateTaskRequest request) {
        refused(StatusCode.INVALID_ARGUMENT, () -> ground.tasks().create(request));
    }

    private void nothingOfTheContainerIsLeft(String container) {
        refused(StatusCode.NOT_FOUND, () -> ground.tasks().state(container));
        assertThat(ground.rootfs()).isEmpty();
        assertThat(read(ground.record("s1"))).doesNotContain("/" + container);
    }

    private void livesItsLife(String sandbox) {
        ground.run(sandbox);
        ground.runTask(sandbox, "c1");
        ground.endTask("c1");
        shutDown(sandbox);
    }

    private void shutDown(String sandbox) {
        ground.daemon().shutdown(sandbox);
        ground.nothingIsLeft();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
