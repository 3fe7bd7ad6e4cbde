// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.journal;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import io.silica.proto.containerd.task.CreateTaskRequest;
import io.silica.proto.containerd.task.ExecProcessRequest;
import io.silica.proto.containerd.task.KillRequest;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class RequestContentTest {
    private static final String SECRET = "hunter2";

    static Stream<String> methods() {
        return CreateTaskRequest.getDescriptor()
                .getFile()
                .findServiceByName("Task")
                .getMethods()
                .stream()
                .map(method -> method.getName());
    }

    /** With every field set, those of its messages included. */
    @ParameterizedTest
    @MethodSource("methods")
    void ofNoMethodMoreIsShownThanIdsPathsOfBundlesAndNumbers(String method) {
        var type =
                CreateTaskRequest.getDescriptor()
                        .getFile()
                        .findServiceByName("Task")
                        .findMethodByName(method)
                        .getInputType();

        var content = of(method, filled(type));

        assertThat(content.method()).isEqualTo(method);
        assertThat(content.shown().keySet())
                .isSubsetOf(
                        "id",
                        "exec_id",
                        "bundle",
                        "terminal",
                        "signal",
                        "all",
                        "width",
                        "height",
                        "now");
        assertThat(content.shown().size() + content.withheld().size())
                .isEqualTo(type.getFields().size());
    }

    @Test
    void whatCanCarrySecretsIsWithheldByName() {
        assertThat(of("Create", filled(CreateTaskRequest.getDescriptor())).withheld())
                .containsExactly(
                        "rootfs",
                        "stdin",
                        "stdout",
                        "stderr",
                        "checkpoint",
                        "parent_checkpoint",
                        "options");
        assertThat(of("Exec", filled(ExecProcessRequest.getDescriptor())).withheld())
                .containsExactly("stdin", "stdout", "stderr", "spec");
    }

    @Test
    void whatALaterContainerdAddsIsWithheld() {
        var unknown =
                UnknownFieldSet.newBuilder()
                        .addField(
                                99,
                                UnknownFieldSet.Field.newBuilder()
                                        .addLengthDelimited(ByteString.copyFromUtf8(SECRET))
                                        .build())
                        .build();

        var content =
                of("Kill", KillRequest.newBuilder().setSignal(9).setUnknownFields(unknown).build());

        assertThat(content.shown()).isEqualTo(Map.of("signal", 9));
        assertThat(content.withheld()).containsExactly("(unknown fields)");
    }

    @Test
    void ofAMethodOrServiceThatIsNotKnownAllIsWithheld() {
        var secret = KillRequest.newBuilder().setId(SECRET).build();

        assertThat(of("Migrate", secret)).satisfies(RequestContentTest::showsNothing);
        assertThat(RequestContent.of(payload("some.Service", "Kill", secret)))
                .satisfies(RequestContentTest::showsNothing);
    }

    @Test
    void ofWhatIsNoRequestAllIsWithheld() {
        assertThat(RequestContent.of(ByteBuffer.wrap(new byte[] {1, 2, 3})))
                .satisfies(RequestContentTest::showsNothing);
    }

    @Test
    void ofMetadataOnlyTheNamespaceIsShown() {
        var content = of("Kill", KillRequest.getDefaultInstance());

        assertThat(content.namespace()).isEqualTo("k8s.io");
        assertThat(content.toString()).doesNotContain(SECRET);
    }

    @Test
    void anIdWithoutAnEndIsCut() {
        var content = of("Kill", KillRequest.newBuilder().setId("x".repeat(1 << 20)).build());

        assertThat(content.shown()).containsEntry("id", "x".repeat(256) + "...");
    }

    private static void showsNothing(RequestContent content) {
        assertThat(content.shown()).isEmpty();
        assertThat(content.withheld()).isEqualTo(List.of("(everything)"));
    }

    private static RequestContent of(String method, Message request) {
        return RequestContent.of(payload(DaemonJournal.TASK, method, request));
    }

    private static ByteBuffer payload(String service, String method, Message request) {
        return ByteBuffer.wrap(DaemonJournal.request(service, method, request));
    }

    private static Message filled(Descriptor type) {
        var message = DynamicMessage.newBuilder(type);
        for (var field : type.getFields()) {
            if (field.isRepeated()) {
                message.addRepeatedField(field, value(field));
            } else {
                message.setField(field, value(field));
            }
        }
        return message.build();
    }

    private static Object value(FieldDescriptor field) {
        return switch (field.getJavaType()) {
            case STRING -> SECRET;
            case BYTE_STRING -> ByteString.copyFromUtf8(SECRET);
            case BOOLEAN -> true;
            case INT -> 7;
            case LONG -> 7L;
            case MESSAGE -> filled(field.getMessageType());
            case FLOAT, DOUBLE, ENUM -> throw new AssertionError(field + " is new");
        };
    }
}
