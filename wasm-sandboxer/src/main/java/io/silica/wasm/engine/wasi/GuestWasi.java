// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.wasi;

import io.silica.linux.Beneath;
import io.silica.linux.TcpListener;
import io.silica.wasm.engine.WasiConfig;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** WASI preview 1 for one instance, which owns what the guest opens. */
public final class GuestWasi implements AutoCloseable {
    private final DescriptorTable table = new DescriptorTable();
    private final Map<String, WasiFunction> functions;

    /**
     * Opens what the guest finds open.
     *
     * @param ended whether the guest is being ended: a stream that fails then fails for that reason
     */
    public GuestWasi(WasiConfig config, BooleanSupplier ended) {
        this.functions = functions(config);
        try {
            open(config, ended);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** The streams are 0 to 2; the sockets come after them, and then the directories. */
    private void open(WasiConfig config, BooleanSupplier ended) {
        table.add(new WasiDescriptor.Input(new GuestInput(config.stdin(), ended)));
        table.add(new WasiDescriptor.Output(new GuestOutput(config.stdout(), ended)));
        table.add(new WasiDescriptor.Output(new GuestOutput(config.stderr(), ended)));
        for (var listener : config.listeners()) {
            table.add(
                    new GuestSocket.Listener(
                            new TcpListener(listener.socket()), listener.poller()));
        }
        for (var preopen : config.preopens()) {
            table.add(
                    new WasiDescriptor.Directory(
                            Beneath.of(preopen.hostDirectory()),
                            preopen.readOnly(),
                            Optional.of(preopen.guestPath())));
        }
    }

    private Map<String, WasiFunction> functions(WasiConfig config) {
        var clock = InstantSource.system();
        var all = new HashMap<String, WasiFunction>();
        all.putAll(new TextFunctions(config.args(), config.env()).functions());
        all.putAll(new SystemFunctions(clock).functions());
        all.putAll(new DescriptorFunctions(table).functions());
        var transfers = new Transfers(table);
        all.putAll(transfers.functions());
        all.putAll(new SocketFunctions(table, transfers).functions());
        all.putAll(new PathFunctions(table).functions());
        all.put("poll_oneoff", new Polling(table, clock)::poll);
        return Map.copyOf(all);
    }

    /** Those of {@link WasiSignatures}, by name. To be called by the guest's thread only. */
    public Map<String, WasiFunction> functions() {
        return functions;
    }

    @Override
    public void close() {
        table.close();
    }
}
