// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.wasi;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * The functions of WASI preview 1 by name, each with its parameters: {@code i} is 32 bits, {@code
 * I} 64. All but {@code proc_exit} give an errno of 32 bits.
 *
 * @see <a href="https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md">WASI preview
 *     1</a>
 */
public final class WasiSignatures {
    /** The name of WASI preview 1 in an import. */
    public static final String MODULE = "wasi_snapshot_preview1";

    /** What a 64-bit parameter is written as; everything else is of 32 bits. */
    public static final char WIDE = 'I';

    private static final String ALL =
            """
            args_get ii
            args_sizes_get ii
            clock_res_get ii
            clock_time_get iIi
            environ_get ii
            environ_sizes_get ii
            fd_advise iIIi
            fd_allocate iII
            fd_close i
            fd_datasync i
            fd_fdstat_get ii
            fd_fdstat_set_flags ii
            fd_fdstat_set_rights iII
            fd_filestat_get ii
            fd_filestat_set_size iI
            fd_filestat_set_times iIIi
            fd_pread iiiIi
            fd_prestat_dir_name iii
            fd_prestat_get ii
            fd_pwrite iiiIi
            fd_read iiii
            fd_readdir iiiIi
            fd_renumber ii
            fd_seek iIii
            fd_sync i
            fd_tell ii
            fd_write iiii
            path_create_directory iii
            path_filestat_get iiiii
            path_filestat_set_times iiiiIIi
            path_link iiiiiii
            path_open iiiiiIIii
            path_readlink iiiiii
            path_remove_directory iii
            path_rename iiiiii
            path_symlink iiiii
            path_unlink_file iii
            poll_oneoff iiii
            proc_exit i
            proc_raise i
            random_get ii
            sched_yield\s
            sock_accept iii
            sock_recv iiiiii
            sock_send iiiii
            sock_shutdown ii
            """;

    private static final Map<String, String> PARAMETERS = parsed();

    private WasiSignatures() {}

    /** The parameters of each function, by its name, in order. */
    public static Map<String, String> parameters() {
        return PARAMETERS;
    }

    /** Whether it gives an errno: {@code proc_exit} does not come back. */
    public static boolean returns(String function) {
        return !function.equals("proc_exit");
    }

    private static Map<String, String> parsed() {
        var all = new TreeMap<String, String>();
        ALL.lines()
                .map(line -> line.split(" ", 2))
                .forEach(parts -> all.put(parts[0], parts[1].strip()));
        return Collections.unmodifiableMap(all);
    }
}
