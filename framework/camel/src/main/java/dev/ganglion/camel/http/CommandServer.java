package dev.ganglion.camel.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import org.apache.camel.CamelContext;
import org.apache.camel.component.netty.NettyConsumer;
import org.apache.camel.component.netty.NettyServerBootstrapFactory;
import org.apache.camel.component.netty.http.HttpServerBootstrapFactory;
import org.apache.camel.component.netty.http.HttpServerConsumerChannelFactory;
import org.apache.camel.component.netty.http.HttpServerInitializerFactory;
import org.apache.camel.component.netty.http.NettyHttpConsumer;
import org.apache.camel.component.netty.http.NettyHttpEndpoint;
import org.apache.camel.component.netty.http.NettySharedHttpServer;
import org.apache.camel.component.netty.http.NettySharedHttpServerBootstrapConfiguration;
import org.jspecify.annotations.Nullable;

/**
 * The server of one address. Camel's own are made once for each port and keep the options of the
 * first route that ever used it; this one is made anew with each consumer, so that an edited route
 * gets its own options, and a second route on the port is refused.
 */
final class CommandServer implements NettySharedHttpServer {
    private final NettyHttpEndpoint endpoint;
    private final Admission admission;
    private final CommandOptions options;

    CommandServer(NettyHttpEndpoint endpoint, Admission admission, CommandOptions options) {
        this.endpoint = endpoint;
        this.admission = admission;
        this.options = options;
    }

    @Override
    public int getPort() {
        return endpoint.getConfiguration().getPort();
    }

    @Override
    public HttpServerConsumerChannelFactory getConsumerChannelFactory() {
        return endpoint.getComponent().getMultiplexChannelHandler(getPort());
    }

    @Override
    public NettyServerBootstrapFactory getServerBootstrapFactory() {
        return new Bootstrap();
    }

    @Override
    public int getConsumersSize() {
        return getConsumerChannelFactory().consumers();
    }

    @Override
    public void setNettyServerBootstrapConfiguration(
            NettySharedHttpServerBootstrapConfiguration configuration) {}

    @Override
    public void setCamelContext(CamelContext camel) {}

    @Override
    public void setStartServer(boolean start) {}

    @Override
    public void setThreadNamePattern(String pattern) {}

    @Override
    public void start() {}

    @Override
    public void stop() {}

    private final class Bootstrap extends HttpServerBootstrapFactory {
        private final Connections connections = new Connections();

        Bootstrap() {
            super(getConsumerChannelFactory(), false);
            init(endpoint.getCamelContext(), endpoint.getConfiguration(), connections);
        }

        @Override
        public void addConsumer(NettyConsumer consumer) {
            super.addConsumer(consumer);
            connections.pipelines = new Pipelines((NettyHttpConsumer) consumer);
        }
    }

    /** Camel opens the port before it says for whom; who comes between is sent away. */
    private static final class Connections extends ChannelInitializer<Channel> {
        volatile @Nullable Pipelines pipelines;

        @Override
        protected void initChannel(Channel channel) throws Exception {
            Pipelines ready = pipelines;
            if (ready == null) {
                channel.close();
            } else {
                ready.initChannel(channel);
            }
        }
    }

    /** Camel's pipeline with a gate where requests are not collected yet. */
    private final class Pipelines extends HttpServerInitializerFactory {
        Pipelines(NettyHttpConsumer consumer) {
            super(consumer);
        }

        @Override
        protected void initChannel(Channel channel) throws Exception {
            super.initChannel(channel);
            channel.pipeline()
                    .addAfter(
                            "encoder",
                            "commands",
                            new CommandGate(
                                    admission, options, endpoint.getConfiguration().getPath()));
        }
    }
}
