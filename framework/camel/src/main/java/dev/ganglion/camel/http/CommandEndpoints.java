package dev.ganglion.camel.http;

import java.util.function.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.component.netty.http.NettyHttpEndpoint;

/** Has an address of netty-http take commands. Made by name, see {@link HttpCommands}. */
public final class CommandEndpoints implements Consumer<Endpoint> {
    /** For {@link HttpCommands}. */
    public CommandEndpoints() {}

    @Override
    public void accept(Endpoint endpoint) {
        NettyHttpEndpoint http = (NettyHttpEndpoint) endpoint;
        CommandOptions options = CommandOptions.of(http.getEndpointUri());
        // Each of these would put something between the gate and Camel that does not know commands.
        http.getConfiguration().setDisableStreamCache(false);
        http.getConfiguration().setCompression(false);
        http.getConfiguration().setSync(true);
        http.setNettyHttpBinding(new CommandBinding());
        http.setNettySharedHttpServer(
                new CommandServer(http, new Admission(options, System::nanoTime), options));
    }
}
