// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import io.silica.ctl.cri.ConfigFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** The files in examples/ are what users start from. */
final class ExampleFilesTest {
    private static final Path EXAMPLES = Path.of("../examples");
    private static final Path RUNTIME_CLASSES = EXAMPLES.resolve("kubernetes/runtimeclasses.yaml");

    @Test
    void everyContainerFileNamesTheImageOfItsExample() throws IOException {
        assertThat(files("container-*.json"))
                .isNotEmpty()
                .allSatisfy(file -> {
                    var container = ConfigFile.readContainer(file);
                    String name = container.getMetadata().getName();
                    assertThat(file).hasFileName("container-" + name + ".json");
                    assertThat(container.getImage().getImage())
                            .isEqualTo("docker.io/silica/" + name + ":1");
                });
    }

    @Test
    void everyPodFileIsReadAndHasACgroup() throws IOException {
        assertThat(files("pod*.json"))
                .isNotEmpty()
                .allSatisfy(file ->
                        assertThat(ConfigFile.readPod(file).getLinux().getCgroupParent())
                                .startsWith("/silica-example"));
    }

    @Test
    void everyRuntimeHandlerOfContainerdsConfigurationHasARuntimeClass() throws IOException {
        var handlers =
                Pattern.compile("(?m)^\\[plugins.*\\.runtimes\\.(\\w+)]$")
                        .matcher(Files.readString(EXAMPLES.resolve("containerd/config.toml")))
                        .results()
                        .map(found -> found.group(1))
                        .toList();

        assertThat(handlers).contains("wasm", "gvisor", "vmm");
        assertThat(Files.readString(RUNTIME_CLASSES).lines())
                .containsAll(handlers.stream().map(it -> "handler: " + it).toList());
    }

    /** The daemon takes it off a pod's limit, and the kubelet puts it there. */
    @Test
    void theOverheadOfAVirtualMachineIsWhatTheDaemonTakesOff() throws IOException {
        var taken =
                Pattern.compile("# overhead = \"(\\d+)MiB\"")
                        .matcher(Files.readString(Path.of("../packaging/config/vmm.toml")));

        assertThat(taken.find()).isTrue();
        assertThat(Files.readString(RUNTIME_CLASSES))
                .contains(
                        "handler: vmm\noverhead:\n  podFixed:\n    memory: "
                                + taken.group(1)
                                + "Mi\n");
    }

    private static List<Path> files(String glob) throws IOException {
        try (var files = Files.newDirectoryStream(EXAMPLES, glob)) {
            return StreamSupport.stream(files.spliterator(), false).toList();
        }
    }
}
