import { periodsOn } from '../../domain/booking/hours.ts';
import { isSoldOut } from '../../domain/stock/left.ts';
import { addDays } from '../../domain/zone.ts';
import { type Asking, type ToolAnswer, textArg, unclear, whenSaid } from './asking.ts';
import { findDish } from './dishes.ts';
import { type Named, matchName } from './menuMatch.ts';
import { all, either, sayDay, sayMinute, sayMoney } from './sayings.ts';
import { type Here, dayAsked, todayIn } from './when.ts';
import { wordsIn } from './words.ts';

/** What callers ask most: when the house is open, what there is to eat, what it costs and what is in it. */

const MOST_NAMED = 8;

/** `opening_hours`: of the day asked for, else of today and tomorrow. */
export function openingHours({ args, here }: Asking): ToolAnswer {
  const words = wordsIn(here.language);
  const config = here.state.config;
  if (config === null) return { status: 'refused', say: words.trouble };
  if (config.booking.hours === undefined && config.booking.exceptions.length === 0)
    return { status: 'answered', say: words.anyHour };
  const asked = dayAsked(whenSaid(args), here);
  const today = todayIn(here).day;
  const days = asked.ok ? [asked.day] : [today, addDays(today, 1)];
  return { status: 'answered', say: days.map((day) => hoursOf(day, here)).join(' ') };
}

function hoursOf(day: string, here: Here): string {
  const words = wordsIn(here.language);
  const { config } = here.state;
  const periods = config === null ? [] : periodsOn(config.booking, config, day);
  const named = sayDay(day, here);
  const said =
    periods.length === 0
      ? words.closed(named)
      : words.hours(
          named,
          all(
            periods.map(({ first, last }) => words.period(sayMinute(first, here), sayMinute(last, here))),
            here.language,
          ),
        );
  return said.charAt(0).toUpperCase() + said.slice(1);
}

/** `menu_question`: a dish with its price and allergens, the dishes of a part of the menu, or its parts. */
export function menuQuestion({ args, here }: Asking): ToolAnswer {
  const words = wordsIn(here.language);
  const { state, language } = here;
  const { config } = state;
  if (config === null || config.menu.items.length === 0) return { status: 'refused', say: words.noMenu };
  const asked = textArg(args, 80, 'item', 'dish', 'category', 'question', 'query', 'name');
  const categories = config.menu.categories;
  if (asked === null)
    return {
      status: 'answered',
      say: words.onMenu(
        all(
          categories.slice(0, MOST_NAMED).map(({ name }) => name),
          language,
        ),
      ),
    };
  const category = matchName(
    asked,
    categories.map((one): Named<(typeof categories)[number]> => ({ thing: one, names: [one.name, one.id] })),
  );
  if (category.kind === 'one') {
    const sold = config.menu.items.filter(
      (item) => item.category === category.thing.id && !isSoldOut(state, item.id),
    );
    const names = sold.slice(0, MOST_NAMED).map(({ name }) => name);
    return { status: 'answered', say: words.onMenu(all(names, language)), items: names };
  }
  const dish = findDish(config, asked);
  if (dish.kind === 'several') {
    const names = dish.things.map(({ name }) => name);
    return unclear(words.didYouMean(either(names, language)), { candidates: names });
  }
  if (dish.kind === 'none') {
    const names = config.menu.items.slice(0, MOST_NAMED).map(({ name }) => name);
    return unclear(words.notOnMenu(asked, either(names, language)), { candidates: names });
  }
  const { id, name, price, allergens } = dish.thing;
  if (isSoldOut(state, id)) return { status: 'unavailable', say: words.soldOut(name, '') };
  return {
    status: 'answered',
    say: words.dishCosts(
      name,
      sayMoney(price, here),
      allergens.length === 0 ? '' : words.allergens(all(allergens, language)),
    ),
    price,
    allergens,
  };
}
