// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm;

import io.silica.server.contract.InstalledConfig;
import java.io.IOException;
import org.junit.jupiter.api.Test;

final class InstalledConfigTest {
    @Test
    void itShowsEverySettingWithItsDefault() throws IOException {
        InstalledConfig.assertShowsTheDefaults("vmm", VmmDaemon::options);
    }
}
