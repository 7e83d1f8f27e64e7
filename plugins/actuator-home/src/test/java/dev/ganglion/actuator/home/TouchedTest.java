package dev.ganglion.actuator.home;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ganglion.api.act.ActionSpec;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Parameter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What an action would touch, by whatever name a thing goes. */
class TouchedTest extends AssistantHome {
    private List<Map<String, Object>> touched(String action, Object... given) {
        return actuator.touches(options, action, given(given));
    }

    private List<Object> names(String action, Object... given) {
        return touched(action, given).stream().map(each -> each.get("name")).toList();
    }

    @Test
    void eachNameOfAThingStandsForItsRealOne() {
        for (String name : List.of("front door", "front door lock", "hall front door")) {
            assertThat(touched("HassTurnOff", "name", name))
                    .as(name)
                    .singleElement()
                    .satisfies(
                            thing ->
                                    assertThat(thing)
                                            .containsEntry("domain", "lock")
                                            .containsEntry("area", "hall")
                                            .containsEntry("floor", "ground floor")
                                            .containsEntry("name", "front door"));
        }
    }

    @Test
    void anotherNameOfAPlaceOrNoneStandsForEachThingThere() {
        assertThat(
                        touched(
                                "HassSetPosition",
                                "domain",
                                "cover",
                                "area",
                                "car port",
                                "position",
                                9L))
                .singleElement()
                .satisfies(
                        thing ->
                                assertThat(thing)
                                        .containsEntry("area", "garage")
                                        .containsEntry("name", "garage door")
                                        .containsEntry("position", 9L));
        assertThat(names("HassLightSet", "floor", "upstairs", "brightness", 5L))
                .contains("bedside lamp", "desk lamp")
                .doesNotContain("floor lamp");
        assertThat(names("HassTurnOff", "domain", "lock", "name", "all"))
                .containsExactly("front door", "side door");
        assertThat(names("HassTurnOn", "domain", "switch", "name", "all"))
                .contains("car charger", "towel rail", "printer");
        assertThat(names("HassMediaPlayerMute")).contains("tv", "office speaker");
        assertThat(names("HassTurnOff", "area", "kitchen"))
                .as("a place alone means its lights")
                .containsExactly("ceiling light", "counter light");
    }

    @Test
    void aSimpleActionTouchesThingsToo() {
        assertThat(touched("plug_on", "device", "charger"))
                .singleElement()
                .satisfies(
                        thing ->
                                assertThat(thing)
                                        .containsEntry("device", "car charger")
                                        .containsEntry("name", "car charger")
                                        .containsEntry("area", "garage")
                                        .containsEntry("domain", "switch"));
        assertThat(touched("light_on", "room", "car port"))
                .singleElement()
                .satisfies(
                        thing ->
                                assertThat(thing)
                                        .containsEntry("room", "garage")
                                        .containsEntry("domain", "light"));
        assertThat(names("light_on")).hasSizeGreaterThan(5);
    }

    @Test
    void aVacuumCleanerTouchesWhatItCleans() {
        for (List<Map<String, Object>> things :
                List.of(
                        touched("HassVacuumStart", "area", "car port"),
                        touched("vacuum_start", "room", "car port"))) {
            assertThat(things)
                    .extracting(each -> each.get("area"))
                    .containsExactly("hall", "garage");
        }
        assertThat(touched("HassVacuumStart"))
                .extracting(each -> each.get("area"))
                .contains("garage", "office");
    }

    @Test
    void aTimerIsNoThingButItsPlaceIsAReal() {
        assertThat(touched("HassStartTimer", "minutes", 5L)).containsExactly(Map.of("minutes", 5L));
        assertThat(touched("HassCancelAllTimers", "area", "car port"))
                .singleElement()
                .satisfies(thing -> assertThat(thing).containsEntry("area", "garage"));
    }

    @Test
    void eachFactIsAmongThoseThatAreDeclared() {
        List<Parameter> facts = actuator.facts(options);
        for (ActionSpec action : actuator.actions(options)) {
            if (action.parameters().stream().noneMatch(Parameter::isRequired)) {
                boolean needsWords =
                        action.name().startsWith("HassTurn")
                                || action.name().equals("HassGetState");
                touched(action.name(), needsWords ? new Object[] {"area", "all"} : new Object[0])
                        .forEach(
                                thing ->
                                        facts.stream()
                                                .filter(each -> thing.containsKey(each.name()))
                                                .forEach(
                                                        each ->
                                                                assertThat(each.values())
                                                                        .contains(
                                                                                String.valueOf(
                                                                                        thing.get(
                                                                                                each
                                                                                                        .name())))));
            }
        }
    }

    @Test
    void nothingIsDoneAndWhatThereIsNotIsRefused() {
        assertThatThrownBy(() -> touched("HassTurnOn", "name", "sauna"))
                .isInstanceOf(GanglionException.class)
                .hasMessageContaining("sauna");
        assertThatThrownBy(() -> touched("light_on", "room", "sauna"))
                .isInstanceOf(GanglionException.class)
                .hasMessageContaining("sauna");
        assertThatThrownBy(() -> touched("plug_on", "device", "sauna"))
                .isInstanceOf(GanglionException.class);
        assertThat(touched("HassGetCurrentTime")).containsExactly(Map.of());
        assertThat(lines()).isEmpty();
    }
}
