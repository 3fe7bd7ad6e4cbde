// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import io.silica.linux.Poller;
import io.silica.linux.Spawn;
import io.silica.linux.leaks.LeakCheck;
import io.silica.vmm.hypervisor.MachineEnd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ends of a machine's processes, for which any program will do. */
@LeakCheck
final class QemuMachineTest {
    @TempDir Path directory;
    private Poller poller;
    private Member qemu;
    private Member helper;
    private QemuMachine machine;

    @BeforeEach
    void start() throws IOException {
        poller = Poller.start("qemu-machine-test");
        var places = new QemuPlaces(Files.createDirectory(directory.resolve("machine")));
        qemu = member(PreparedQemu.QEMU);
        helper = member(PreparedQemu.VIRTIOFSD);
        machine =
                new QemuMachine(
                        places,
                        List.of(helper, qemu),
                        Console.connect(places.console(), poller),
                        poller);
    }

    private static Member member(String name) {
        return Member.of(name, Spawn.of(Path.of("/bin/sleep"), "1000").start());
    }

    @AfterEach
    void close() {
        machine.quit(Duration.ZERO);
        machine.close();
        poller.close();
    }

    @Test
    void theDeathOfQemuIsTheMachinesAndItsHelpersGoWithIt() throws Exception {
        qemu.kill();
        assertThat(machine.exit().await().code()).isEqualTo(137);
        assertThat(machine.end()).isEqualTo(Optional.of(new MachineEnd.Ended()));
        assertThat(helper.hasEnded()).isTrue();
    }

    @Test
    void theDeathOfAHelperEndsTheMachineAndIsNamed() throws Exception {
        helper.kill();
        assertThat(machine.exit().await().code()).isEqualTo(137);
        assertThat(machine.end().orElseThrow().words()).startsWith("virtiofsd has ended");
        assertThat(qemu.hasEnded()).isTrue();
    }

    @Test
    void aQemuThatDoesNotAnswerIsQuitByForce() {
        machine.quit(Duration.ofMillis(50));
        assertThat(qemu.hasEnded()).isTrue();
        assertThat(helper.hasEnded()).isTrue();
        machine.quit(Duration.ofMillis(50));
        assertThat(machine.exit().status()).isPresent();
    }
}
