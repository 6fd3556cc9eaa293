/** The common short codes; one that is missing stays visible as it was typed. */

const TABLE = `
+1 👍|thumbsup 👍|-1 👎|thumbsdown 👎|ok_hand 👌|wave 👋|clap 👏|raised_hands 🙌|pray 🙏|muscle 💪|eyes 👀|handshake 🤝|point_right 👉|point_left 👈|point_up 👆|point_down 👇
smile 😄|smiley 😃|grinning 😀|slightly_smiling_face 🙂|simple_smile 🙂|wink 😉|joy 😂|sweat_smile 😅|thinking_face 🤔|neutral_face 😐|worried 😟|cry 😢|scream 😱|sunglasses 😎|innocent 😇
heart ❤️|blue_heart 💙|green_heart 💚|yellow_heart 💛|star ⭐|star2 🌟|sparkles ✨|fire 🔥|boom 💥|zap ⚡|tada 🎉|trophy 🏆|medal 🏅|dart 🎯|100 💯
white_check_mark ✅|heavy_check_mark ✔️|ballot_box_with_check ☑️|x ❌|heavy_multiplication_x ✖️|negative_squared_cross_mark ❎|warning ⚠️|rotating_light 🚨|no_entry ⛔|no_entry_sign 🚫|octagonal_sign 🛑|exclamation ❗|heavy_exclamation_mark ❗|question ❓|grey_question ❔|bangbang ‼️|information_source ℹ️
red_circle 🔴|large_orange_circle 🟠|large_yellow_circle 🟡|large_green_circle 🟢|large_blue_circle 🔵|blue_circle 🔵|large_purple_circle 🟣|black_circle ⚫|white_circle ⚪|large_red_square 🟥|large_orange_square 🟧|large_yellow_square 🟨|large_green_square 🟩|large_blue_square 🟦|black_large_square ⬛|white_large_square ⬜
chart_with_upwards_trend 📈|chart_with_downwards_trend 📉|bar_chart 📊|moneybag 💰|money_with_wings 💸|dollar 💵|euro 💶|yen 💴|bank 🏦|credit_card 💳|briefcase 💼|factory 🏭|office 🏢|house 🏠|construction 🚧|building_construction 🏗️|scales ⚖️|shield 🛡️
memo 📝|pencil 📝|pencil2 ✏️|clipboard 📋|page_facing_up 📄|page_with_curl 📃|scroll 📜|books 📚|book 📖|bookmark 🔖|file_folder 📁|open_file_folder 📂|card_index 📇|card_index_dividers 🗂️|paperclip 📎|link 🔗|pushpin 📌|round_pushpin 📍|mag 🔍|mag_right 🔎|lock 🔒|unlock 🔓|key 🔑|label 🏷️|ticket 🎫
calendar 📅|date 📅|spiral_calendar_pad 🗓️|alarm_clock ⏰|hourglass ⌛|hourglass_flowing_sand ⏳|stopwatch ⏱️|watch ⌚|clock1 🕐|clock9 🕘|timer_clock ⏲️
bell 🔔|no_bell 🔕|mega 📣|loudspeaker 📢|speech_balloon 💬|thought_balloon 💭|email 📧|envelope ✉️|incoming_envelope 📨|inbox_tray 📥|outbox_tray 📤|phone ☎️|telephone_receiver 📞|globe_with_meridians 🌐|earth_asia 🌏|earth_africa 🌍
arrow_up ⬆️|arrow_down ⬇️|arrow_right ➡️|arrow_left ⬅️|arrow_upper_right ↗️|arrow_lower_right ↘️|arrow_forward ▶️|arrow_backward ◀️|arrows_counterclockwise 🔄|repeat 🔁|small_red_triangle 🔺|small_red_triangle_down 🔻|up 🆙|new 🆕|heavy_plus_sign ➕|heavy_minus_sign ➖
robot_face 🤖|gear ⚙️|wrench 🔧|hammer_and_wrench 🛠️|test_tube 🧪|bulb 💡|rocket 🚀|seedling 🌱|sunny ☀️|cloud ☁️|rain_cloud 🌧️|umbrella ☔|snowflake ❄️|ocean 🌊|coffee ☕|busts_in_silhouette 👥|bust_in_silhouette 👤|male-office-worker 👨‍💼|female-office-worker 👩‍💼|zzz 💤|recycle ♻️|triangular_flag_on_post 🚩|checkered_flag 🏁|white_flag 🏳️
one 1️⃣|two 2️⃣|three 3️⃣|four 4️⃣|five 5️⃣|six 6️⃣|seven 7️⃣|eight 8️⃣|nine 9️⃣|keycap_ten 🔟|zero 0️⃣|cn 🇨🇳|flag-cn 🇨🇳|flag-pt 🇵🇹|flag-gb 🇬🇧|gb 🇬🇧|flag-cz 🇨🇿|flag-de 🇩🇪|de 🇩🇪|flag-us 🇺🇸|us 🇺🇸|flag-eu 🇪🇺`;

const EMOJI = new Map(TABLE.trim().split(/[|\n]/).map((entry) => entry.trim().split(" ")));

/** The character for a short code (without colons), or null. */
export const emoji = (name) => EMOJI.get(name) ?? EMOJI.get(name.replace(/::skin-tone-\d$/, "")) ?? null;
