// SPDX-License-Identifier: Apache-2.0
package io.silica.server.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.silica.sandbox.MountSpec;
import io.silica.sandbox.OciSpec;
import io.silica.sandbox.ProcessSpec;
import io.silica.sandbox.Resources;
import io.silica.sandbox.SandboxException.InvalidArgument;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OciSpecReaderTest {
    private static final long SEED = Long.getLong("silica.seed", System.nanoTime());

    private final OciSpecReader reader = new OciSpecReader(OciLimits.DEFAULT);

    @Test
    void whatContainerdWritesIsRead() {
        OciSpec spec = reader.document(Documents.bytes(Documents.config())).spec();

        assertThat(spec.process())
                .isEqualTo(
                        new ProcessSpec(
                                List.of("/app.wasm", "one"),
                                List.of("PATH=/bin", "EMPTY="),
                                "/work",
                                new ProcessSpec.User(1000, 1001, List.of(10L, 20L)),
                                false));
        assertThat(spec.rootReadOnly()).isTrue();
        assertThat(spec.hostname()).isEmpty();
        assertThat(spec.mounts())
                .contains(new MountSpec("bind", "/var/lib/data", "/data", List.of("rbind", "ro")));
        assertThat(spec.annotations())
                .isEqualTo(Map.of("io.kubernetes.cri.container-type", "container"));
        assertThat(spec.cgroupsPath()).hasValue("/kubepods/pod1/c1");
        assertThat(spec.resources()).isEqualTo(new Resources(268_435_456, 512, 50_000, 100_000));
        assertThat(Documents.json(spec.json())).isEqualTo(Documents.config());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    /ociVersion | `` | ociVersion is missing
                    /ociVersion | "2.0.0" | ociVersion is not 1.x, the only version that is understood
                    /process | `` | process is missing
                    /process | null | process is missing
                    /process | [] | process is not an object
                    /process/args | `` | process.args is missing
                    /process/args | null | process.args is missing
                    /process/args | [] | process.args is empty
                    /process/args | [""] | process.args names no program
                    /process/args | "sh" | process.args is not an array
                    /process/args | ["sh", 1] | process.args[1] is not a string
                    /process/args | ["sh", "a\\u0000b"] | process.args[1] contains NUL
                    /process/env/1 | "PATH" | process.env[1] is not of the form NAME=value
                    /process/env/1 | "=value" | process.env[1] is not of the form NAME=value
                    /process/env/1 | "A=\\u0000" | process.env[1] contains NUL
                    /process/cwd | `` | process.cwd is missing
                    /process/cwd | "work" | process.cwd is not an absolute path
                    /process/cwd | "" | process.cwd is not an absolute path
                    /process/cwd | "/proc/self/fd/7" | process.cwd is a descriptor of a process
                    /process/cwd | "/proc/self/fd/7/../../../.." | process.cwd is a descriptor of a process
                    /process/cwd | "//proc/./1/task/2/fd" | process.cwd is a descriptor of a process
                    /process/cwd | "/a/../proc/thread-self/fdinfo/3" | process.cwd is a descriptor of a process
                    /process/user | `` | process.user is missing
                    /process/user/uid | -1 | process.user.uid is -1, not between 0 and 4294967294
                    /process/user/uid | 4294967295 | process.user.uid is 4294967295, not between 0 and 4294967294
                    /process/user/uid | 4294967296 | process.user.uid is 4294967296, not between 0 and 4294967294
                    /process/user/uid | 36893488147419103232 | process.user.uid is 36893488147419103232, not between 0 and 4294967294
                    /process/user/uid | 1.5 | process.user.uid is not a whole number
                    /process/user/uid | "0" | process.user.uid is not a whole number
                    /process/user/gid | 4294967296 | process.user.gid is 4294967296, not between 0 and 4294967294
                    /process/user/additionalGids/1 | -5 | process.user.additionalGids[1] is -5, not between 0 and 4294967294
                    /process/terminal | 1 | process.terminal is not true or false
                    /process/rlimits/0/soft | -1 | process.rlimits[0].soft is -1, which is not an unsigned 64-bit number
                    /process/rlimits/0/hard | 1 | process.rlimits[0].soft is above the hard limit
                    /root | `` | root is missing
                    /root/path | "/" | root.path is not "rootfs", where containerd wants it mounted
                    /hostname | "" | hostname does not have 1 to 64 characters
                    /mounts/0/destination | "proc" | mounts[0].destination is not an absolute path
                    /mounts/2/source | "" | mounts[2] is a bind mount without a source
                    /mounts/0/type | `` | mounts[0] has no type
                    /annotations | {"a\\nb": 1} | annotations.a?b is not a string
                    /linux | 7 | linux is not an object
                    /linux/cgroupsPath | "/a/../../b" | linux.cgroupsPath leads out of its parent
                    /linux/resources/memory/limit | -2 | linux.resources.memory.limit is -2, not between -1 and 9223372036854775807
                    /linux/resources/cpu/period | 0 | linux.resources.cpu.period is 0, not between 1000 and 1000000
                    /linux/resources/cpu/quota | 1 | linux.resources.cpu.quota is below 1000 microseconds
                    /linux/resources/cpu/shares | -1 | linux.resources.cpu.shares is -1, which is not an unsigned 64-bit number
                    /linux/resources/cpu/cpus | "0-" | linux.resources.cpu.cpus is not a list of CPUs such as 0-3,6
                    /linux/resources/cpu/cpus | "0-999999" | linux.resources.cpu.cpus names a CPU that no machine has, or a range that is empty
                    /linux/resources/cpu/cpus | "3-1" | linux.resources.cpu.cpus names a CPU that no machine has, or a range that is empty
                    /linux/namespaces/0/type | "network" | linux.namespaces[4].type is given twice
                    /linux/namespaces/0/type | "universe" | linux.namespaces[0].type is no namespace of Linux
                    /linux/namespaces/4/path | "proc" | linux.namespaces[4].path is not an absolute path
                    """)
    void whatCannotBeMeantIsRefusedByItsPlace(String pointer, String value, String problem) {
        assertThatThrownBy(() -> reader.document(Documents.configWith(pointer, value)))
                .isInstanceOf(InvalidArgument.class)
                .hasMessage("config.json: " + problem);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 2_147_483_647L, 2_147_483_648L, 4_294_967_294L})
    void everyUserThatLinuxHasIsRead(long uid) {
        byte[] config = Documents.configWith("/process/user/uid", Long.toString(uid));

        assertThat(reader.document(config).spec().process().user().uid()).isEqualTo(uid);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/proc/self", "/proc/fd", "/home/proc/self/fd", "/proc/self/fdx"})
    void aWorkingDirectoryThatOnlyLooksLikeADescriptorIsRead(String cwd) {
        byte[] config = Documents.configWith("/process/cwd", '"' + cwd + '"');

        assertThat(reader.document(config).spec().process().cwd()).isEqualTo(cwd);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {"memory": {"limit": -1}} | 0 | 0 | 0 | 0
                    {"memory": {}} | 0 | 0 | 0 | 0
                    {"cpu": {"quota": 20000}} | 0 | 0 | 20000 | 100000
                    {"cpu": {"quota": -1}} | 0 | 0 | -1 | 0
                    {"cpu": {"period": 50000}} | 0 | 0 | 0 | 50000
                    {"cpu": {"shares": 18446744073709551615, "cpus": " "}} | 0 | 262144 | 0 | 0
                    """)
    void limitsThatAreAbsentAreNone(
            String json, long memory, long shares, long quota, long period) {
        assertThat(reader.resources(Documents.bytes(json)))
                .isEqualTo(new Resources(memory, shares, quota, period));
    }

    @Test
    void aPathLongerThanLinuxTakesIsRefused() {
        byte[] config = Documents.configWith("/process/cwd", "\"" + "/a".repeat(2_048) + "\"");

        assertThatThrownBy(() -> reader.document(config))
                .isInstanceOf(InvalidArgument.class)
                .hasMessage("config.json: process.cwd has more than 4095 characters");
    }

    @Test
    void theProcessOfAnExecIsRead() {
        byte[] process = Documents.bytes(Documents.config().path("process"));

        assertThat(reader.process(process).args()).containsExactly("/app.wasm", "one");
    }

    @Test
    void aProblemOfAnExecNamesTheExec() {
        byte[] process =
                Documents.bytes("{\"cwd\":\"/\",\"user\":{\"uid\":0,\"gid\":0},\"args\":[]}");

        assertThatThrownBy(() -> reader.process(process))
                .isInstanceOf(InvalidArgument.class)
                .hasMessage("exec process: args is empty");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "7",
                "[]",
                "null",
                "{",
                "{} {}",
                "{\"a\":1,\"a\":2}",
                "{'a':1}",
                "{\"a\":NaN}",
                "\0"
            })
    void whatIsNotOneJsonObjectIsRefused(String config) {
        assertThatThrownBy(() -> reader.document(Documents.bytes(config)))
                .isInstanceOf(InvalidArgument.class)
                .hasMessageStartingWith("config.json");
    }

    @Test
    void aDuplicateKeyDeepInsideIsRefused() {
        String config = Documents.config().toString();
        String twice = config.replace("\"uid\":1000", "\"uid\":1000,\"uid\":0");

        assertThatThrownBy(() -> reader.document(Documents.bytes(twice)))
                .isInstanceOf(InvalidArgument.class)
                .hasMessageContaining("uplicate")
                .hasMessageContaining("uid");
    }

    @Test
    void aDocumentAboveTheLimitIsRefusedUnread() {
        assertThatThrownBy(() -> reader.document(new byte[10 << 20]))
                .isInstanceOf(InvalidArgument.class)
                .hasMessage("config.json has 10485760 bytes, more than 4194304");
    }

    @Test
    void aDepthBombIsRefused() {
        String bomb = "{\"a\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}";

        assertThatThrownBy(() -> reader.document(Documents.bytes(bomb)))
                .isInstanceOf(InvalidArgument.class)
                .hasMessageContaining("depth");
    }

    @Test
    void aDocumentOfVeryManySmallValuesIsRefused() {
        String wide = "{\"a\":[" + "[],".repeat(1_000_000) + "[]]}";

        assertThatThrownBy(() -> reader.document(Documents.bytes(wide)))
                .isInstanceOf(InvalidArgument.class)
                .hasMessageContaining("oken");
    }

    @Test
    void aMillionRlimitsAreRefused() {
        String rlimit = "{\"type\":\"RLIMIT_CPU\",\"hard\":1,\"soft\":1}";
        var roomy = new OciSpecReader(new OciLimits(64 << 20, 64, 10_000_000));
        String rlimits = array(rlimit, 1_000_000);

        assertThatThrownBy(() -> roomy.document(Documents.configWith("/process/rlimits", rlimits)))
                .isInstanceOf(InvalidArgument.class)
                .hasMessage("config.json: process.rlimits has 1000000 entries, more than 16");
    }

    @Test
    void fiveThousandMountsAreReadAndOneMoreIsRefused() {
        String mount = "{\"destination\":\"/m\",\"type\":\"bind\",\"source\":\"/s\"}";

        byte[] most = Documents.configWith("/mounts", array(mount, 5_000));
        byte[] tooMany = Documents.configWith("/mounts", array(mount, 5_001));

        assertThat(reader.document(most).spec().mounts()).hasSize(5_000);
        assertThatThrownBy(() -> reader.document(tooMany))
                .isInstanceOf(InvalidArgument.class)
                .hasMessage("config.json: mounts has 5001 entries, more than 5000");
    }

    @Test
    void aMessageShowsNothingThatATerminalOrALogCouldObey() {
        byte[] config = Documents.configWith("/annotations", "{\"\\u001b[2J\\n\": 1}");

        assertThatThrownBy(() -> reader.document(config))
                .hasMessage("config.json: annotations.?[2J? is not a string");
    }

    @Test
    void aDamagedDocumentIsReadOrRefusedAndNothingElse() {
        byte[] sound = Documents.bytes(Documents.config());
        var random = new Random(SEED);
        for (int i = 0; i < 4_000; i++) {
            byte[] damaged = damaged(sound, random);
            try {
                reader.document(damaged);
            } catch (InvalidArgument e) {
                assertThat(e)
                        .as("seed %d, round %d", SEED, i)
                        .hasMessageStartingWith("config.json");
            }
        }
    }

    private static byte[] damaged(byte[] sound, Random random) {
        byte[] damaged = sound.clone();
        for (int n = 0; n <= random.nextInt(4); n++) {
            damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
        }
        return damaged;
    }

    private static String array(String element, int times) {
        return "[" + String.join(",", Collections.nCopies(times, element)) + "]";
    }
}
