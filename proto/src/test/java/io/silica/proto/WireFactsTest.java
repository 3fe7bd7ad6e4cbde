// SPDX-License-Identifier: Apache-2.0
package io.silica.proto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.TextFormat;
import com.google.protobuf.TextFormat.ParseException;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The comparison finds what it is there to find. */
class WireFactsTest {

    /** A file with one of everything. */
    private static final String FILE =
            """
            file {
              name: "zoo.proto" package: "zoo" syntax: "proto3"
              message_type {
                name: "Animal"
                field { name: "name" number: 1 label: LABEL_OPTIONAL type: TYPE_STRING }
                field { name: "young" number: 2 label: LABEL_REPEATED
                        type: TYPE_MESSAGE type_name: ".zoo.Animal" }
                field { name: "wool" number: 3 label: LABEL_OPTIONAL type: TYPE_BOOL oneof_index: 0 }
                field { name: "feathers" number: 4 label: LABEL_OPTIONAL type: TYPE_BOOL
                        oneof_index: 0 }
                field { name: "age" number: 5 label: LABEL_OPTIONAL type: TYPE_INT32 oneof_index: 1
                        proto3_optional: true }
                oneof_decl { name: "coat" }
                oneof_decl { name: "_age" }
                enum_type { name: "Diet" value { name: "PLANTS" number: 0 } }
              }
              message_type { name: "Cage" }
              enum_type { name: "Size" value { name: "SMALL" number: 0 } }
              service {
                name: "Keeper"
                method { name: "Feed" input_type: ".zoo.Animal" output_type: ".zoo.Animal" }
              }
            }
            """;

    private final WireFacts real = facts(FILE);

    private static WireFacts facts(String text) {
        try {
            return WireFacts.of(TextFormat.parse(text, FileDescriptorSet.class));
        } catch (ParseException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    @Test
    void equalFilesDoNotDeviate() {
        assertThat(facts(FILE).deviationsFrom(real, Set.of())).isEmpty();
    }

    @Test
    void namesOfFilesDoNotMatter() {
        var renamed = facts(FILE.replace("zoo.proto", "ours.proto"));

        assertThat(renamed.deviationsFrom(real, Set.of())).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "name: \"name\" number: 1|name: \"name\" number: 9|zoo.Animal.name: string = 9",
                "TYPE_STRING|TYPE_BYTES|zoo.Animal.name: bytes = 1",
                "LABEL_REPEATED|LABEL_OPTIONAL|zoo.Animal.young: zoo.Animal = 2",
                "type_name: \".zoo.Animal\"|type_name: \".zoo.Cage\"|zoo.Animal.young: repeated zoo.Cage = 2",
                "proto3_optional: true|proto3_optional: false|zoo.Animal.age: oneof _age int32 = 5",
                "name: \"PLANTS\" number: 0|name: \"PLANTS\" number: 1|zoo.Animal.Diet.PLANTS: = 1",
                "name: \"SMALL\" number: 0|name: \"SMALL\" number: 1|zoo.Size.SMALL: = 1",
                "output_type: \".zoo.Animal\"|output_type: \".zoo.Cage\"|zoo.Keeper.Feed: rpc(zoo.Animal) returns (zoo.Cage)",
                "name: \"Feed\"|name: \"Feed\" server_streaming: true|zoo.Keeper.Feed: rpc(zoo.Animal) returns (stream zoo.Animal)",
            })
    void aChangeIsADeviation(String before, String after, String ours) {
        var changed = facts(FILE.replace(before, after));

        assertThat(changed.deviationsFrom(real, Set.of()))
                .singleElement()
                .asString()
                .startsWith("different: " + ours + "; really ");
    }

    @ParameterizedTest
    @CsvSource({"name,title", "Feed,Groom", "PLANTS,MEAT", "Diet,Food", "Size,Bulk"})
    void aNewNameIsNotRealAndTheOldOneIsMissing(String before, String after) {
        var changed = facts(FILE.replace("\"" + before + "\"", "\"" + after + "\""));

        assertThat(changed.deviationsFrom(real, Set.of()))
                .anyMatch(line -> line.startsWith("not real: ") && line.contains(after))
                .anyMatch(line -> line.startsWith("missing: ") && line.contains(before));
    }

    @Test
    void aMessageThatIsMissingMayBeDeclared() {
        var smaller = facts(FILE.replace("message_type { name: \"Cage\" }", ""));

        assertThat(smaller.deviationsFrom(real, Set.of()))
                .containsExactly("missing: zoo.Cage: message");
        assertThat(smaller.deviationsFrom(real, Set.of("zoo.Cage"))).isEmpty();
    }

    @Test
    void aDeclarationThatIsOutOfDateIsADeviation() {
        assertThat(real.deviationsFrom(real, Set.of("zoo.Cage", "zoo.Pond")))
                .containsExactlyInAnyOrder(
                        "not left out, or not real: zoo.Cage",
                        "not left out, or not real: zoo.Pond");
    }

    @Test
    void packagesThatOursDoNotHaveAreNotAskedFor() {
        var more = facts(FILE + FILE.replace("zoo", "zoo.garden"));

        assertThat(real.deviationsFrom(more, Set.of())).isEmpty();
    }

    @Test
    void aPackageTakesItsNewNameWhereverItIsReferredTo() {
        var ours =
                facts(
                        FILE.replace("zoo.Animal", "our.zoo.Animal")
                                .replace("\"zoo\"", "\"our.zoo\""));

        assertThat(ours.renamed("our.zoo", "zoo").byName().get("zoo.Keeper.Feed"))
                .hasToString("zoo.Keeper.Feed: rpc(zoo.Animal) returns (zoo.Animal)");
    }

    @Test
    void aNameThatComesTwiceIsRefused() {
        assertThatThrownBy(() -> facts(FILE + FILE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("zoo.Animal");
    }
}
