package dev.ganglion.camel.route;

import dev.ganglion.camel.http.HttpCommands;
import dev.ganglion.camel.word.SensorState;
import dev.ganglion.camel.word.Words;
import java.util.Map;
import java.util.Properties;
import org.apache.camel.CamelContext;
import org.apache.camel.Consumer;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.impl.engine.PooledExchangeFactory;
import org.apache.camel.impl.engine.PrototypeExchangeFactory;
import org.apache.camel.model.errorhandler.DefaultErrorHandlerDefinition;
import org.apache.camel.spi.ExchangeFactory;
import org.apache.camel.spi.PropertiesComponent;

/** Makes Camel contexts for route files. */
public final class RouteContext {
    private static final long STOP_SECONDS = 10;

    private RouteContext() {}

    /**
     * A context with the five words, not started. Nothing of it is reachable from outside: no JMX,
     * no management.
     *
     * @param placeholders values that win over those that route files give their {@code
     *     {{placeholders}}}
     */
    public static DefaultCamelContext create(Words words, Map<String, String> placeholders) {
        DefaultCamelContext camel = bare();
        add(camel, words, placeholders);
        return camel;
    }

    /** The same without the words, which can be added before or after it is started. */
    public static DefaultCamelContext bare() {
        DefaultCamelContext camel = new DefaultCamelContext(false);
        camel.disableJMX();
        camel.getCamelContextExtension().setName("ganglion");
        camel.setLoadTypeConverters(false);
        camel.setSourceLocationEnabled(true);
        camel.setUseDataType(false);
        camel.setStreamCaching(false);
        camel.setAllowUseOriginalMessage(false);
        camel.setUseMDCLogging(false);
        // What failed is said in one sentence, to observers and in the log; where in Camel it was
        // thrown helps nobody.
        camel.getCamelContextExtension()
                .setErrorHandlerFactory(
                        new DefaultErrorHandlerDefinition()
                                .logStackTrace(false)
                                .logExhaustedMessageHistory(false));
        // Exchanges of sensors and the tasks of Camel's processors are used again: most bytes per
        // message are theirs. Copies (multicast) are not pooled: their completions would be lost.
        camel.getCamelContextExtension().setExchangeFactory(new SensedExchangesAgain());
        camel.getShutdownStrategy().setTimeout(STOP_SECONDS);
        camel.getShutdownStrategy().setLogInflightExchangesOnTimeout(false);
        return camel;
    }

    /** Adds the words and the values of placeholders. */
    public static void add(CamelContext camel, Words words, Map<String, String> placeholders) {
        PropertiesComponent properties = camel.getPropertiesComponent();
        Properties override = new Properties();
        override.putAll(placeholders);
        properties.setOverrideProperties(override);
        words.placeholders(placeholders);
        words.addTo(camel);
        HttpCommands.addTo(camel);
    }

    /**
     * Uses the exchanges of sensors again. Those of other consumers are made anew: a consumer that
     * answers later than it returns (netty-http) would see two completions, or none.
     */
    private static final class SensedExchangesAgain extends PrototypeExchangeFactory {
        private final PooledExchangeFactory pooled = new PooledExchangeFactory();

        @Override
        public void setCamelContext(CamelContext camel) {
            super.setCamelContext(camel);
            pooled.setCamelContext(camel);
        }

        @Override
        public ExchangeFactory newExchangeFactory(Consumer consumer) {
            return consumer instanceof SensorState
                    ? pooled.newExchangeFactory(consumer)
                    : super.newExchangeFactory(consumer);
        }

        @Override
        public boolean isPooled() {
            return true; // the tasks of processors
        }
    }
}
