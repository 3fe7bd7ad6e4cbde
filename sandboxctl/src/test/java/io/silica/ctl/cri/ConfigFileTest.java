// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.cri;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.silica.proto.cri.ContainerConfig;
import io.silica.proto.cri.MountPropagation;
import io.silica.proto.cri.NamespaceMode;
import io.silica.proto.cri.PodSandboxConfig;
import io.silica.proto.cri.Protocol;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ConfigFileTest {
    private static final String METADATA =
            "\"metadata\": {\"name\": \"a\", \"namespace\": \"b\", \"uid\": \"c\"}";
    private static final String IMAGE = "\"image\": {\"image\": \"i\"}";

    @TempDir private Path directory;

    @Test
    void aPodIsReadFromJsonWithTheNamesOfCri() throws IOException {
        PodSandboxConfig pod =
                pod(
                        """
                        {
                        	"metadata": {"name": "a", "namespace": "b", "uid": "c", "attempt": 4294967295},
                        	"hostname": "h", "log_directory": "/tmp", "dns_config": {"servers": ["1.1.1.1"]},
                        	"port_mappings": [{"protocol": 1, "container_port": 80, "host_port": 8080}],
                        	"labels": {"k": "v"}, "annotations": {},
                        	"linux": {"cgroup_parent": "/p", "security_context": {
                        		"namespace_options": {"network": 2}, "run_as_user": {"value": 1000}}}
                        }
                        """);

        assertThat(pod.getMetadata().getAttempt()).isEqualTo(-1);
        assertThat(pod.getDnsConfig().getServersList()).containsExactly("1.1.1.1");
        assertThat(pod.getPortMappings(0).getProtocol()).isEqualTo(Protocol.UDP);
        assertThat(pod.getLabelsMap()).containsEntry("k", "v");
        var security = pod.getLinux().getSecurityContext();
        assertThat(security.getNamespaceOptions().getNetwork()).isEqualTo(NamespaceMode.NODE);
        assertThat(security.getRunAsUser().getValue()).isEqualTo(1000);
    }

    @Test
    void aContainerIsReadFromYaml() throws IOException {
        ContainerConfig container =
                container(
                        """
                        metadata: {name: a}
                        image:
                          image: docker.io/silica/hello:1
                        args: [--loud, you]
                        envs:
                          - key: COLOUR
                            value: grün
                        mounts:
                          - container_path: /data
                            host_path: /srv
                            readonly: true
                            propagation: PROPAGATION_HOST_TO_CONTAINER
                        logPath: a.log
                        linux:
                          resources: {memory_limit_in_bytes: 1048576, cpu_quota: -1}
                        """);

        assertThat(container.getImage().getImage()).isEqualTo("docker.io/silica/hello:1");
        assertThat(container.getArgsList()).containsExactly("--loud", "you");
        assertThat(container.getEnvs(0).getValue().toStringUtf8()).isEqualTo("grün");
        assertThat(container.getMounts(0).getPropagation())
                .isEqualTo(MountPropagation.PROPAGATION_HOST_TO_CONTAINER);
        assertThat(container.getLogPath()).isEqualTo("a.log");
        assertThat(container.getLinux().getResources().getMemoryLimitInBytes()).isEqualTo(1 << 20);
        assertThat(container.getLinux().getResources().getCpuQuota()).isEqualTo(-1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"linux\": {\"cgroups_parent\": \"\"} | unknown field linux.cgroups_parent",
                "\"hostname\": 7 | hostname must be a string, not 7",
                "\"labels\": {\"k\": 1} | labels.k must be a string",
                "\"port_mappings\": [{}, {\"host_port\": 9999999999}] | port_mappings[1].host_port must be a whole number",
                "\"port_mappings\": {} | port_mappings must be a list",
                "\"port_mappings\": [{\"protocol\": 9}] | port_mappings[0].protocol must be one of",
                "\"linux\": [] | linux must be an object",
                "\"hostname\": \"x\", \"hostname\": \"y\" | hostname",
            })
    void aFieldThatCannotBeReadIsNamed(String field, String message) {
        assertThatThrownBy(() -> pod("{%s, %s}".formatted(METADATA, field)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(directory.toString())
                .hasMessageContaining(message);
    }

    @Test
    void whatCriCannotDoWithoutIsAskedFor() {
        assertThatThrownBy(() -> pod("metadata: {name: a, namespace: b}"))
                .hasMessageEndingWith("metadata.uid is missing");
        assertThatThrownBy(() -> container("{\"metadata\": {\"name\": \"a\"}}"))
                .hasMessageEndingWith("image.image is missing");
        assertThatThrownBy(() -> container("{%s}".formatted(IMAGE)))
                .hasMessageEndingWith("metadata.name is missing");
    }

    @Test
    void aFileThatIsNeitherFormatIsRefused() {
        assertThatThrownBy(() -> pod("{\"metadata\":")).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> pod("a: [")).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> pod("")).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> pod("just words"))
                .hasMessageContaining("the file must be an object");
    }

    @Test
    void aMissingFileIsNamed() {
        assertThatThrownBy(() -> ConfigFile.readPod(directory.resolve("none")))
                .isInstanceOf(ConfigException.class)
                .hasMessage("there is no file " + directory.resolve("none"));
    }

    private PodSandboxConfig pod(String text) throws IOException {
        return ConfigFile.readPod(Files.writeString(directory.resolve("pod"), text));
    }

    private ContainerConfig container(String text) throws IOException {
        return ConfigFile.readContainer(Files.writeString(directory.resolve("container"), text));
    }
}
