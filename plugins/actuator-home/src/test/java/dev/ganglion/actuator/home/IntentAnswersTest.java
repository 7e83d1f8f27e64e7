package dev.ganglion.actuator.home;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ganglion.api.act.ActionSpec;
import dev.ganglion.api.act.Actuator;
import dev.ganglion.api.data.GanglionException;
import org.junit.jupiter.api.Test;

/** What intents look up, keep, and take back. */
class IntentAnswersTest extends AssistantHome {
    // Looking things up.

    @Test
    void aStateIsLookedUpAndAnswered() {
        assertThat(
                        does(
                                "HassGetState",
                                "domain",
                                "lock",
                                "name",
                                "front door",
                                "state",
                                "unlocked"))
                .containsExactly(
                        "{\"room\":\"hall\",\"device\":\"front door\",\"locked\":true,"
                                + "\"asked\":\"unlocked\",\"answer\":false}");
        assertThat(
                        does(
                                "HassGetState",
                                "domain",
                                "sensor",
                                "device_class",
                                "battery",
                                "name",
                                "my phone"))
                .containsExactly(
                        "{\"device\":\"phone battery\",\"device_class\":\"battery\","
                                + "\"state\":82,\"unit\":\"%\"}");
        assertThat(does("HassGetState", "domain", "person", "name", "jonas", "state", "work"))
                .containsExactly(
                        "{\"device\":\"jonas\",\"state\":\"work\",\"asked\":\"work\","
                                + "\"answer\":true}");
        assertThat(does("HassGetState", "domain", "cover", "floor", "upstairs", "state", "open"))
                .hasSize(3)
                .filteredOn(line -> line.endsWith("true}"))
                .hasSize(1);
        assertThat(home.undo()).as("nothing was changed").isFalse();
    }

    @Test
    void aStateThatNothingCanHaveIsRefused() {
        refuses(
                "HassGetState",
                given("domain", "lock", "state", "ajar"),
                "no state 'ajar'; it has: locked, unlocked");
        refuses(
                "HassGetState",
                given("domain", "binary_sensor", "device_class", "gas", "state", "on"),
                "no device class 'gas'; it has: moisture, smoke");
        refuses("HassGetState", given("name", "unicorn"), "'unicorn'");
        refuses("HassGetState", given(), "needs a domain");
    }

    @Test
    void theClockAndTheWeatherAreTold() {
        assertThat(does("HassGetCurrentTime")).containsExactly("{\"time\":\"12:00\"}");
        assertThat(does("HassGetCurrentDate")).containsExactly("{\"date\":\"2026-03-01\"}");
        assertThat(does("HassGetWeather"))
                .containsExactly("{\"device\":\"local weather\",\"state\":\"cloudy\"}");
        refuses("HassGetWeather", given("name", "paris"), "'paris'", "local weather");
        assertThat(does("HassRespond")).isEmpty();
        assertThat(does("HassNevermind")).isEmpty();
    }

    // Lists and timers.

    @Test
    void thingsAreAddedToListsAndCompleted() {
        assertThat(does("HassShoppingListAddItem", "item", "Oat-milk"))
                .containsExactly("{\"device\":\"shopping list\",\"items\":[\"oat milk\"]}");
        assertThat(does("HassShoppingListAddItem", "item", "the oat milk")).isEmpty();
        assertThat(does("HassListAddItem", "name", "errands", "item", "post the letter"))
                .containsExactly("{\"device\":\"to do list\",\"items\":[\"post the letter\"]}");
        refuses(
                "HassShoppingListCompleteItem",
                given("item", "beer"),
                "the shopping list has no 'beer'; it has: oat milk");
        refuses(
                "HassListCompleteItem",
                given("name", "wishes", "item", "x"),
                "'wishes'",
                "to do list");
        refuses("HassShoppingListAddItem", given("item", " "), "needs an item");
        assertThat(does("HassListCompleteItem", "name", "shopping", "item", "oat milk"))
                .containsExactly("{\"device\":\"shopping list\",\"items\":[]}");
    }

    @Test
    void aTimerRunsPausesAndEnds() {
        assertThat(does("HassStartTimer", "name", "pizza", "minutes", 10L, "seconds", 30L))
                .containsExactly(
                        "{\"device\":\"timers\",\"timers\":[{\"name\":\"pizza\",\"seconds\":630,"
                                + "\"ends\":\"2026-03-01T12:10:30Z\"}]}");
        assertThat(does("HassIncreaseTimer", "minutes", 1L))
                .singleElement()
                .asString()
                .contains("12:11:30");
        assertThat(does("HassDecreaseTimer", "name", "pizza", "seconds", 60L)).hasSize(1);
        clock.now = clock.now.plusSeconds(30);
        assertThat(does("HassPauseTimer", "start_minutes", 10L, "start_seconds", 30L))
                .singleElement()
                .asString()
                .contains("\"left\":600");
        clock.now = clock.now.plusSeconds(3600);
        assertThat(does("HassUnpauseTimer")).singleElement().asString().contains("13:10:30");
        assertThat(does("HassTimerStatus", "name", "pizza")).hasSize(1);
        clock.now = clock.now.plusSeconds(600);
        assertThat(does("HassTimerStatus"))
                .containsExactly("{\"device\":\"timers\",\"timers\":[]}");
    }

    @Test
    void timersAreCancelled() {
        does("HassStartTimer", "conversation_command", "turn off the tv", "hours", 1L);
        does("HassStartTimer", "name", "kitchen", "seconds", 5L);
        refuses("HassCancelTimer", given(), "several timers", "one of 3600 s, 'kitchen' of 5 s");
        assertThat(does("HassCancelTimer", "area", "kitchen"))
                .singleElement()
                .asString()
                .contains("\"command\":\"turn off the tv\"")
                .doesNotContain("kitchen");
        assertThat(does("HassCancelAllTimers")).hasSize(1);
        refuses("HassCancelTimer", given(), "no such timer", "there are: none");
    }

    @Test
    void timersThatCannotBeAreRefused() {
        refuses("HassStartTimer", given("name", "tea"), "at least one second");
        refuses("HassStartTimer", given("hours", 100L), "0 to 99 in h", "100");
        refuses("HassTimerStatus", given("name", "tea"), "no such timer");
        refuses("HassPauseTimer", given("area", "moon"), "no area 'moon'");
        does("HassStartTimer", "seconds", 5L);
        refuses("HassIncreaseTimer", given(), "none was given");
        for (int i = 1; i < 100; i++) {
            does("HassStartTimer", "seconds", 5L);
        }
        refuses("HassStartTimer", given("seconds", 5L), "100 timers already");
    }

    // Taking back and making safe.

    @Test
    void theLastActionIsTakenBackOnce() {
        does("HassTurnOn", "name", "desk lamp");
        does("HassLightSet", "area", "office", "color", "red");
        assertThat(home.undo()).isTrue();
        assertThat(lines())
                .containsExactly(
                        "{\"room\":\"office\",\"device\":\"desk lamp\",\"on\":true,"
                                + "\"brightness\":100,\"colour\":\"white\"}");
        assertThat(home.undo()).isFalse();
        assertThat(lines()).isEmpty();
    }

    @Test
    void simpleActionsListsAndTimersAreTakenBackToo() {
        home.perform("light_on", given("room", "kitchen"));
        lines();
        assertThat(home.undo()).isTrue();
        assertThat(lines()).hasSize(2).allMatch(line -> line.contains("\"on\":false"));
        does("HassShoppingListAddItem", "item", "milk");
        assertThat(home.undo()).isTrue();
        assertThat(lines()).containsExactly("{\"device\":\"shopping list\",\"items\":[]}");
        does("HassStartTimer", "minutes", 1L);
        assertThat(home.undo()).isTrue();
        assertThat(lines()).containsExactly("{\"device\":\"timers\",\"timers\":[]}");
    }

    @Test
    void whatSomebodyElseHasChangedSinceIsNotTakenBack() {
        try (Actuator.Device other = actuator.open(options)) {
            does("HassTurnOn", "area", "kitchen");
            other.perform("HassLightSet", given("name", "counter light", "brightness", 10L));
            lines();
            assertThat(home.undo()).isFalse();
            assertThat(lines()).isEmpty();
            assertThat(other.undo()).isTrue();
        }
    }

    @Test
    void aClosedHomeTakesNothingBack() {
        does("HassTurnOn", "area", "kitchen");
        home.close();
        assertThat(home.undo()).isFalse();
        assertThat(lines()).isEmpty();
    }

    @Test
    void makeSafeClosesValvesAndLeavesLocksAndCovers() {
        does("HassTurnOff", "domain", "lock", "name", "front door");
        does("HassTurnOn", "name", "garage door");
        does("HassTurnOn", "name", "sprinkler");
        does("HassTurnOn", "name", "ceiling fan");
        does("HassMediaSearchAndPlay", "name", "tv", "search_query", "news");
        home.makeSafe();
        assertThat(lines())
                .containsExactly(
                        "{\"room\":\"kitchen\",\"device\":\"water valve\",\"position\":0}",
                        "{\"room\":\"living room\",\"device\":\"tv\",\"on\":false,\"volume\":30,"
                                + "\"muted\":false}",
                        "{\"room\":\"garden\",\"device\":\"sprinkler\",\"position\":0}",
                        "{\"room\":\"bedroom\",\"device\":\"ceiling fan\",\"on\":false}");
        assertThat(does("HassGetState", "name", "car", "state", "on"))
                .as("sensors are not switched")
                .singleElement()
                .asString()
                .endsWith("\"answer\":true}");
    }

    @Test
    void whatIsDeclaredIsNeverUnknown() {
        for (ActionSpec action : actuator.actions(options)) {
            try {
                home.perform(action.name(), given());
            } catch (GanglionException refused) {
                assertThat(refused).as(action.name()).hasMessageNotContaining("null");
            }
        }
    }
}
