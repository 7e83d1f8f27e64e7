package dev.ganglion.camel.word;

import dev.ganglion.runtime.wiring.RouteStep;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.support.DefaultComponent;

/**
 * One of the five schemes. Which parameters an address may have is the plug-in's business, so all
 * are taken as text.
 */
final class WordComponent extends DefaultComponent {
    private final Words words;
    private final String word;

    WordComponent(Words words, String word) {
        this.words = words;
        this.word = word;
    }

    @Override
    protected Endpoint createEndpoint(
            String uri, String remaining, Map<String, Object> parameters) {
        Map<String, String> given = new LinkedHashMap<>();
        parameters.forEach((name, value) -> given.put(name, String.valueOf(value)));
        parameters.clear();
        RouteScope route = words.route(given.remove(Words.ROUTE));
        RouteStep step = new RouteStep(word, remaining, given, route.folder());
        route.note(step);
        return new WordEndpoint(uri, this, words, route, step);
    }
}
