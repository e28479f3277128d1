'use strict';
(() => {
  const root = document.documentElement;
  root.classList.add('scripted');
  const by = id => document.getElementById(id);

  // Colours: as the system, light, dark.
  const themes = ['', 'light', 'dark'];
  let theme = 0;
  by('theme').addEventListener('click', () => {
    theme = (theme + 1) % themes.length;
    if (themes[theme]) root.dataset.theme = themes[theme];
    else delete root.dataset.theme;
    by('theme').setAttribute('aria-label', 'Colours: ' + (themes[theme] || 'as the system'));
  });

  const list = by('list');
  if (!list) return;
  const findings = Array.from(list.children, element => ({
    element,
    words: element.textContent.toLowerCase(),
    severity: element.dataset.severity,
    rule: element.dataset.rule,
    status: element.dataset.status,
    owner: element.dataset.owner,
  }));
  const text = by('text'), rule = by('rule'), status = by('status'), owner = by('owner');
  const picks = Array.from(document.querySelectorAll('.pick'));
  let severity = '', chosen = '';

  const isPressed = pick => Boolean(severity || (status && status.value))
    && pick.dataset.severity === severity && (!status || pick.dataset.status === status.value);

  const filter = () => {
    const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const each of findings) {
      const fits = (!severity || severity === each.severity)
        && (!rule.value || rule.value === each.rule)
        && (!status || !status.value || status.value === each.status)
        && (!chosen || chosen === each.owner)
        && words.every(word => each.words.includes(word));
      if (each.element.hidden === fits) each.element.hidden = !fits;
      if (fits) shown++;
    }
    by('shown').textContent = shown + ' of ' + findings.length;
    by('none').hidden = shown > 0;
    owner.hidden = !chosen;
    owner.textContent = chosen ? chosen + '  ✕' : '';
    owner.setAttribute('aria-label', 'Show all Kustomizations, not only ' + chosen);
    for (const pick of picks) pick.setAttribute('aria-pressed', isPressed(pick));
  };

  const clear = () => {
    severity = chosen = text.value = rule.value = '';
    if (status) status.value = '';
    filter();
  };

  for (const pick of picks) pick.addEventListener('click', () => {
    const pressed = isPressed(pick);
    severity = pressed ? '' : pick.dataset.severity;
    if (status) status.value = pressed ? '' : pick.dataset.status;
    filter();
  });
  text.addEventListener('input', filter);
  for (const select of [rule, status]) if (select) select.addEventListener('change', filter);
  owner.addEventListener('click', () => { chosen = ''; filter(); text.focus(); });
  by('clear').addEventListener('click', clear);
  text.form.addEventListener('submit', event => event.preventDefault());

  // A box of the picture shows the findings of its Kustomization.
  for (const box of document.querySelectorAll('svg.graph [data-id]')) {
    box.setAttribute('tabindex', '0');
    box.setAttribute('role', 'button');
    box.setAttribute('aria-label', 'Findings of ' + box.dataset.id);
    const choose = () => {
      chosen = chosen === box.dataset.id ? '' : box.dataset.id;
      filter();
      by('findings').scrollIntoView();
    };
    box.addEventListener('click', choose);
    box.addEventListener('keydown', event => {
      if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); choose(); }
    });
  }

  document.addEventListener('keydown', event => {
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (event.key === '/' && !typing) { event.preventDefault(); text.focus(); }
    if (event.key === 'Escape' && (event.target === text || !typing)) clear();
  });
  filter();
})();
