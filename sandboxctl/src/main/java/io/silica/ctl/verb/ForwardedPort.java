// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.verb;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A port of a pod, and where it is to be had.
 *
 * @param local 0 for any
 */
record ForwardedPort(int local, int remote) {
    private static final int HIGHEST = 65_535;

    static final class Converter implements ITypeConverter<ForwardedPort> {
        @Override
        public ForwardedPort convert(String text) {
            int colon = text.indexOf(':');
            int remote = number(text.substring(colon + 1), 1);
            return new ForwardedPort(
                    colon < 0 ? remote : number(text.substring(0, colon), 0), remote);
        }

        private static int number(String text, int lowest) {
            try {
                int number = Integer.parseInt(text);
                if (number >= lowest && number <= HIGHEST) {
                    return number;
                }
            } catch (NumberFormatException _) {
                // Said below.
            }
            throw new TypeConversionException(
                    "\"%s\" is no port: write 8080, or 18080:8080".formatted(text));
        }
    }
}
