// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.cli;

import java.io.InputStream;
import java.io.PrintStream;

/** The three streams of the program; what is written is passed on as it is, byte by byte. */
public interface Console {
    PrintStream out();

    PrintStream err();

    InputStream in();
}
