// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.verb;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import io.silica.proto.containerd.events.TaskExit;
import io.silica.proto.containerd.types.Envelope;
import org.junit.jupiter.api.Test;

final class EventsCommandTest {
    @Test
    void anEventThatIsKnownIsPrintedWhole() {
        var exit = TaskExit.newBuilder().setContainerId("c").setExitStatus(7).build();

        var tree = EventsCommand.tree(envelope("containerd.events.TaskExit", exit.toByteString()));

        assertThat(tree.get("time").asString()).isEqualTo("1970-01-01T00:00:01Z");
        assertThat(tree.get("topic").asString()).isEqualTo("/tasks/exit");
        assertThat(tree.at("/event/containerId").asString()).isEqualTo("c");
        assertThat(tree.at("/event/exitStatus").asInt()).isEqualTo(7);
    }

    @Test
    void ofOneThatIsNotKnownOrMakesNoSenseTheEnvelopeIsPrinted() {
        assertThat(EventsCommand.tree(envelope("other.Thing", ByteString.EMPTY)).has("event"))
                .isFalse();
        var damaged =
                EventsCommand.tree(
                        envelope("containerd.events.TaskExit", ByteString.copyFromUtf8("\u0007")));
        assertThat(damaged.has("problem")).isTrue();
    }

    private static Envelope envelope(String type, ByteString event) {
        return Envelope.newBuilder()
                .setTimestamp(Timestamp.newBuilder().setSeconds(1))
                .setTopic("/tasks/exit")
                .setEvent(Any.newBuilder().setTypeUrl(type).setValue(event))
                .build();
    }
}
