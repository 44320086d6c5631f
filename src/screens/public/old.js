/* Says so, plainly, where the browser is too old for the screens (before Chrome 111 or Safari 16.4).
   Written for such browsers: no module, no modern syntax, and its words are here because the catalogs cannot run. */
(function () {
  var css = window.CSS && window.CSS.supports;
  if (
    'noModule' in document.createElement('script') &&
    window.CSSPropertyRule &&
    css &&
    window.CSS.supports('color', 'color-mix(in srgb, red, blue)')
  )
    return;
  var say = function () {
    document.body.innerHTML =
      '<div style="font:24px/1.5 sans-serif;max-width:32em;margin:4em auto;padding:0 1em;color:#F5F7F9">' +
      '<h1 style="font-size:40px">This browser is too old</h1>' +
      '<p>Heard needs Chrome 111, Edge 111, Firefox 128 or Safari 16.4, or newer. Update this device, or open the page on another one.</p>' +
      '<p lang="es">Este navegador es demasiado antiguo: actualice el dispositivo o abra la página en otro.</p>' +
      '<p lang="ar" dir="rtl">هذا المتصفح قديم جدًا: حدّث الجهاز أو افتح الصفحة على جهاز آخر.</p></div>';
    document.body.style.background = '#161B20';
  };
  if (document.body) say();
  else document.addEventListener('DOMContentLoaded', say);
})();
