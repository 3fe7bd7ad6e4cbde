// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.quark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.silica.linux.Errno;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Stdio;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class QuarkFailureTest {
    @ParameterizedTest
    @EnumSource(names = {"EMFILE", "ENFILE", "ENOSPC", "ENOMEM"})
    void whatTheMachineHasNoMoreOfIsNobodysMistake(Errno errno) {
        assertThat(errno.isExhausted()).isTrue();
    }

    @Test
    void whatIsNotThereIsAMistakeOfWhoeverNamedIt(@TempDir Path directory) {
        var stdio = new Stdio("", directory.resolve("missing").toString(), "", false);
        assertThatThrownBy(() -> HeldStreams.open("container \"c1\"", stdio))
                .isInstanceOf(SandboxException.InvalidArgument.class)
                .hasMessageContainingAll("container \"c1\"", "missing");
    }
}
