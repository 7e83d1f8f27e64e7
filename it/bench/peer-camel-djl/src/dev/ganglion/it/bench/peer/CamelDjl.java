package dev.ganglion.it.bench.peer;

import ai.djl.Model;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.ganglion.actuator.home.HomeActuator;
import dev.ganglion.api.act.Actuator;
import dev.ganglion.api.data.Options;
import dev.ganglion.it.bench.JsonReport;
import dev.ganglion.it.bench.Kitchen;
import dev.ganglion.it.bench.NluMicro;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;

/**
 * The peer: text to action on a Camel route with camel-djl, as its documentation says to use a
 * model of one's own; model and translator are beans. The home and what is done in it are the same
 * as everywhere.
 */
public final class CamelDjl {
    private CamelDjl() {}

    /** Takes the folder of models, the file of rooms and devices, and the file of commands. */
    public static void main(String[] arguments) throws Exception {
        Path folder = NluMicro.folder(Path.of(arguments[0]));
        HomeActuator actuator = new HomeActuator();
        Options options =
                Options.of(
                        "act",
                        actuator.options(),
                        Map.of("home", Path.of(arguments[1]).toAbsolutePath().toString()),
                        Path.of(""));
        try (Actuator.Device home = actuator.open(options);
                HuggingFaceTokenizer tokenizer =
                        HuggingFaceTokenizer.newInstance(folder.resolve("tokenizer.json"));
                Model model = Model.newInstance("model", "OnnxRuntime");
                DefaultCamelContext camel = new DefaultCamelContext()) {
            model.load(folder, "model", Map.of("intraOpNumThreads", "1", "interOpNumThreads", "1"));
            camel.disableJMX();
            camel.getRegistry().bind("nlu", model);
            camel.getRegistry().bind("slots", new SlotsTranslator(folder, tokenizer));
            camel.addRoutes(route(new Kitchen(home)));
            camel.start();
            work(camel.createProducerTemplate(), Path.of(arguments[2]));
        }
    }

    private static RouteBuilder route(Kitchen kitchen) {
        return new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:said")
                        .to("djl:nlp/text_classification?model=nlu&translator=slots")
                        .process(
                                exchange -> {
                                    Understood understood =
                                            exchange.getMessage().getBody(Understood.class);
                                    if (understood.confidence() >= 0.5) {
                                        understood.act(kitchen);
                                    }
                                });
            }
        };
    }

    private static void work(ProducerTemplate template, Path input) throws Exception {
        JsonReport report = new JsonReport(System.out);
        template.setDefaultEndpointUri("direct:said");
        template.start();
        try (BufferedReader lines = Files.newBufferedReader(input)) {
            int number = 1;
            for (String text = lines.readLine(); text != null; text = lines.readLine()) {
                long startNanos = System.nanoTime();
                Understood understood = (Understood) template.requestBody((Object) text);
                long nanos = System.nanoTime() - startNanos;
                report.decision(
                        number++,
                        text,
                        understood.intent(),
                        understood.slots(),
                        understood.confidence(),
                        understood.action(),
                        nanos);
            }
        }
        report.summary();
    }
}
