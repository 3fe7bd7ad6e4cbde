// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SecretsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "registry_password = \"s3cret\"",
                "{\"access_token\":\"s3cret\",\"level\":\"info\"}",
                "{\"message\":\"got {\\\"token\\\": \\\"s3cret\\\"}\"}",
                "Authorization: Bearer s3cret",
                "API_KEY=s3cret",
                "--client-secret s3cret --verbose",
                "--client-secret=s3cret",
                "env = {Key:DB_PASSWORD,Value:s3cret,}",
                "{\"name\":\"X_TOKEN\",\"value\":\"s3cret\"}",
                "password=\"ab'cs3cret\"",
                "password = \"a\\\"s3cret\" # comment",
                "password=a,s3cret;s3cret",
                "password = \"s3cret of a line that is cut off",
                "access_key: s3cret",
                "{\"auth\":\"czNjcmV0s3cret\"}",
                "get /blob?sig=s3cret&X-Amz-Signature=s3cret",
                "sent eyJhbGciOiJIUzI1NiJ9.s3cret.s3cret",
                "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4\n\ns3cret\ns3-cret",
                "pulling https://robot:s3cret@registry.example/image",
                "-----BEGIN RSA PRIVATE KEY-----\ns3cret\n-----END RSA PRIVATE KEY-----"
            })
    void whatLooksLikeASecretIsWithheld(String text) {
        assertThat(Secrets.withheld(text)).contains("(withheld)").doesNotContain("s3cret");
    }

    @Test
    void whatDoesNotIsLeftAsItIs() {
        String text =
                "2026-11-22T10:15:30Z INFO  adopted sandbox 4f2a: Running\nlisten = \"/run/a.sock\"\n";

        assertThat(Secrets.withheld(text)).isEqualTo(text);
    }
}
