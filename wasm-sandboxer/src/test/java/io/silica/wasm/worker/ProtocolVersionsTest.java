// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.protobuf.Descriptors.FieldDescriptor;
import io.silica.proto.wasm.GuestState;
import io.silica.proto.wasm.ListRequest;
import io.silica.proto.wasm.WorkerContainer;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ProtocolVersionsTest {
    @ParameterizedTest(name = "{0} to {1} and {2} to {3}: {4}")
    @CsvSource({
        "1, 1, 1, 1, 1",
        "1, 1, 1, 2, 1",
        "1, 2, 1, 2, 2",
        "1, 2, 2, 3, 2",
        "2, 3, 1, 2, 2",
        "1, 9, 3, 4, 4",
        "1, 2, 3, 4, 0",
        "3, 4, 1, 2, 0"
    })
    void theHighestVersionThatBothSpeakIsSpoken(
            int oldest, int newest, int othersOldest, int othersNewest, int shared) {
        assertThat(
                        new ProtocolVersions(oldest, newest)
                                .highestShared(new ProtocolVersions(othersOldest, othersNewest)))
                .isEqualTo(shared == 0 ? OptionalInt.empty() : OptionalInt.of(shared));
    }

    @Test
    void thereIsNoVersionBeforeTheFirstAndNoneBetweenNewerAndOlder() {
        assertThatIllegalArgumentException().isThrownBy(() -> new ProtocolVersions(0, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new ProtocolVersions(3, 2));
    }

    @Test
    void aReleaseSpeaksItsOwnVersionAndTheOneBefore() {
        var ours = ProtocolVersions.OURS;
        assertThat(ours.oldest()).isEqualTo(Math.max(1, ours.newest() - 1));
    }

    /**
     * What daemons ask of workers with which they share no version. Lines may be added here, for
     * fields that can be left out; none may go or change.
     */
    @Test
    void whatIsTheSameInEveryVersionStaysAsItIs() {
        var file = ListRequest.getDescriptor().getFile();
        assertThat(file.findServiceByName("Worker").getFullName())
                .isEqualTo("silica.wasm.v1.Worker");
        assertThat(ListRequest.getDescriptor().getFields())
                .extracting(ProtocolVersionsTest::field)
                .containsExactly("1 STRING sandbox_id");
        assertThat(file.findMessageTypeByName("ListResponse").getFields())
                .extracting(ProtocolVersionsTest::field)
                .containsExactly("1 MESSAGE containers");
        assertThat(WorkerContainer.getDescriptor().getFields())
                .extracting(ProtocolVersionsTest::field)
                .containsExactly(
                        "1 STRING id",
                        "2 STRING sandbox_id",
                        "3 ENUM state",
                        "4 UINT32 exit_status",
                        "5 MESSAGE exited_at");
        assertThat(GuestState.getDescriptor().getValues())
                .extracting(value -> value.getNumber() + " " + value.getName())
                .containsExactly(
                        "0 GUEST_STATE_UNSPECIFIED",
                        "1 GUEST_STATE_CREATED",
                        "2 GUEST_STATE_RUNNING",
                        "3 GUEST_STATE_STOPPED");
    }

    private static String field(FieldDescriptor field) {
        return "%d %s %s".formatted(field.getNumber(), field.getType(), field.getName());
    }
}
