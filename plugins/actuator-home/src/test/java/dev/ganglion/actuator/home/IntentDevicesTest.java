package dev.ganglion.actuator.home;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What intents do to devices. */
class IntentDevicesTest extends AssistantHome {
    // Lights, covers, locks, valves.

    @Test
    void lightsTakeBrightnessStepsAndColours() {
        assertThat(does("HassLightSet", "name", "desk lamp", "brightness", 40L, "color", "Red"))
                .containsExactly(
                        "{\"room\":\"office\",\"device\":\"desk lamp\",\"on\":true,"
                                + "\"brightness\":40,\"colour\":\"red\"}");
        assertThat(does("HassLightSet", "area", "office", "brightness_step", "up"))
                .singleElement()
                .asString()
                .contains("\"brightness\":60");
        assertThat(does("HassLightSet", "area", "office", "brightness", 0L))
                .singleElement()
                .asString()
                .contains("\"on\":false,\"brightness\":60");
        assertThat(does("HassLightSet", "color", "turquoise")).hasSize(12);
    }

    @Test
    void whatLightsCannotDoIsRefused() {
        refuses(
                "HassLightSet",
                given("color", "octarine"),
                "this home has no color 'octarine'; it has: white, warm white");
        refuses("HassLightSet", given("brightness", 101L), "0 to 100 in %", "101");
        refuses("HassLightSet", given("brightness", "bright"), "'bright'");
        refuses("HassLightSet", given("brightness_step", "sideways"), "it has: up, down");
        refuses("HassLightSet", given("area", "kitchen"), "needs a brightness");
    }

    @Test
    void coversOpenCloseAndStopBetween() {
        assertThat(does("HassTurnOn", "domain", "cover", "device_class", "curtain"))
                .hasSize(2)
                .allMatch(line -> line.contains("\"position\":100"));
        assertThat(
                        does(
                                "HassSetPosition",
                                "domain",
                                "cover",
                                "name",
                                "curtain left",
                                "position",
                                30L))
                .containsExactly(
                        "{\"room\":\"living room\",\"device\":\"left curtain\",\"position\":30}");
        refuses("HassSetPosition", given("name", "garage door", "position", -1L), "0 to 100", "-1");
        refuses("HassSetPosition", given("name", "floor lamp", "position", 5L), "'floor lamp'");
    }

    @Test
    void turningALockOnLocksIt() {
        assertThat(does("HassTurnOn", "name", "front door")).isEmpty();
        assertThat(does("HassTurnOff", "domain", "lock", "name", "front door"))
                .containsExactly("{\"room\":\"hall\",\"device\":\"front door\",\"locked\":false}");
        assertThat(does("HassTurnOn", "domain", "lock")).hasSize(1);
    }

    @Test
    void scenesAndScriptsRunByNameOnly() {
        assertThat(does("HassTurnOn", "domain", "scene", "name", "party mode"))
                .containsExactly("{\"device\":\"party mode\",\"run\":\"scene\"}");
        assertThat(home.undo()).as("nobody knows what a scene was before").isFalse();
        refuses("HassTurnOn", given("domain", "scene"), "needs a name", "party mode, movie night");
        refuses("HassTurnOff", given("name", "party mode"), "'party mode' for HassTurnOff");
    }

    // Climate, vacuum cleaner, media.

    @Test
    void thermostatsTakeWhatTheyCan() {
        assertThat(does("HassClimateSetTemperature", "area", "living room", "temperature", 21.5))
                .containsExactly(
                        "{\"room\":\"living room\",\"device\":\"thermostat\",\"temperature\":21.5}");
        assertThat(does("HassClimateSetTemperature", "floor", "upstairs", "temperature", 19L))
                .hasSize(3);
        refuses(
                "HassClimateSetTemperature",
                given("name", "bedroom thermostat", "temperature", 29.0),
                "bedroom thermostat (bedroom) takes 7.0 to 25.0 Cel, found 29.0");
        refuses("HassClimateSetTemperature", given("temperature", 79L), "7 to 30 in Cel", "79");
        refuses(
                "HassClimateSetTemperature",
                given("area", "garage", "temperature", 20L),
                "'garage' has no such device");
    }

    @Test
    void theTemperatureIsLookedUp() {
        assertThat(does("HassClimateGetTemperature", "area", "outside"))
                .containsExactly(
                        "{\"room\":\"garden\",\"device\":\"outside temperature\",\"device_class\":"
                                + "\"temperature\",\"state\":11.5,\"unit\":\"Cel\"}");
        assertThat(does("HassClimateGetTemperature")).hasSize(5);
        refuses("HassClimateGetTemperature", given("area", "hall"), "'hall' has no");
        refuses("HassClimateGetTemperature", given("name", "office air"), "measures a temperature");
    }

    @Test
    void theVacuumCleanerCleansAPlaceAndReturns() {
        assertThat(does("HassVacuumStart", "area", "bath"))
                .containsExactly(
                        "{\"room\":\"hall\",\"device\":\"robot vacuum\",\"on\":true,"
                                + "\"cleaning\":\"bathroom\"}");
        assertThat(does("HassVacuumStart", "floor", "downstairs"))
                .singleElement()
                .asString()
                .contains("\"cleaning\":\"ground floor\"");
        assertThat(does("HassVacuumReturnToBase", "name", "robot"))
                .singleElement()
                .asString()
                .contains("\"on\":false,\"cleaning\":\"\"");
        refuses("HassVacuumStart", given("area", "pool"), "no area 'pool'");
        refuses("HassVacuumReturnToBase", given("name", "tv"), "'tv'", "robot vacuum (hall)");
    }

    @Test
    void playersPlayPauseAndSkip() {
        refuses("HassMediaPause", given(), "nothing is playing on: kitchen speaker (kitchen)");
        assertThat(does("HassMediaSearchAndPlay", "area", "office", "search_query", "jazz"))
                .containsExactly(
                        "{\"room\":\"office\",\"device\":\"office speaker\",\"volume\":30,"
                                + "\"muted\":false,\"on\":true,\"playing\":\"jazz\"}");
        assertThat(does("HassMediaPause")).singleElement().asString().contains("\"paused\":true");
        assertThat(does("HassMediaUnpause", "area", "office")).hasSize(1);
        assertThat(does("HassMediaNext"))
                .singleElement()
                .asString()
                .endsWith("\"playing\":\"jazz\",\"skipped\":\"next\"}");
        assertThat(does("HassMediaPrevious")).hasSize(1);
        refuses("HassMediaNext", given("name", "tv"), "nothing is playing on: tv (living room)");
        refuses("HassMediaSearchAndPlay", given("search_query", " "), "needs a search_query");
        refuses(
                "HassMediaSearchAndPlay",
                given("media_class", "smell", "search_query", "roses"),
                "'smell'; it has: track, album");
    }

    @Test
    void withoutAPlaceOnePlayerPlays() {
        assertThat(does("HassMediaSearchAndPlay", "media_class", "artist", "search_query", "queen"))
                .singleElement()
                .asString()
                .contains("kitchen speaker");
    }

    @Test
    void theVolumeIsSetStepByStepAndMuted() {
        assertThat(does("HassSetVolume", "name", "tv", "volume_level", 95L)).hasSize(1);
        assertThat(does("HassSetVolumeRelative", "volume_step", "up"))
                .hasSize(4)
                .anyMatch(line -> line.contains("\"tv\"") && line.contains("\"volume\":100"));
        assertThat(does("HassMediaPlayerMute")).hasSize(4);
        refuses("HassSetVolume", given("volume_level", 500L), "0 to 100", "500");
        refuses("HassSetVolumeRelative", given("volume_step", "louder"), "it has: up, down");
    }

    @Test
    void aMessageIsSaidBySpeakers() {
        assertThat(does("HassBroadcast", "message", "dinner is ready"))
                .hasSize(3)
                .allMatch(line -> line.endsWith("\"broadcast\":\"dinner is ready\"}"));
        refuses("HassBroadcast", given("message", ""), "needs a message");
    }
}
