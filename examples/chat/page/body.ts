/** The page's elements; the script fills them. */
export const BODY = /* html */ `<body>
<noscript><p class="notice">This chat needs JavaScript.</p></noscript>

<main id="lobby" class="lobby" hidden>
  <form id="enter" novalidate>
    <h1>
      <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
        <path d="M7 10l4.5 12L16 11l4.5 11L25 10"/>
      </svg>
      Wirehall chat
    </h1>
    <p class="lead">Pick a name and a room. Everybody in the same room talks together.</p>
    <div class="field">
      <label for="name">Your name</label>
      <input id="name" name="name" autocomplete="nickname" spellcheck="false" aria-describedby="nameError">
      <p id="nameError" class="error" hidden></p>
    </div>
    <div class="field">
      <label for="room">Room</label>
      <input id="room" name="room" autocapitalize="none" autocomplete="off" spellcheck="false"
        aria-describedby="roomHint roomError">
      <p id="roomHint" class="hint">Any name makes a room, for example <b>lobby</b>.</p>
      <p id="roomError" class="error" hidden></p>
    </div>
    <p id="kept" class="kept" hidden></p>
    <button class="primary" type="submit">Enter the room</button>
  </form>
</main>

<div id="chat" class="chat" hidden>
  <header>
    <button id="leave" type="button">Leave</button>
    <h1><bdi id="title"></bdi></h1>
    <p id="pill" class="pill" data-phase="connecting"><span class="dot"></span><span id="pillText"></span></p>
    <button id="peopleToggle" type="button" aria-expanded="false" aria-controls="people"></button>
  </header>
  <p id="status" class="unseen" role="status"></p>
  <div id="banner" class="banner" hidden>
    <p><b id="bannerTitle"></b> <span id="bannerText"></span></p>
    <button id="retry" type="button">Reconnect now</button>
  </div>
  <main>
    <div class="conversation">
      <div id="scroller" class="scroller" tabindex="0" role="region" aria-label="Conversation">
        <div id="empty" class="empty">
          <p><b>Nothing has been said yet.</b></p>
          <p>Write the first message, or invite others with this address:</p>
          <p><code id="address"></code></p>
        </div>
        <div id="messages" role="log" aria-label="Messages"></div>
        <div id="outbox" role="group" aria-label="Your messages on their way"></div>
      </div>
      <button id="newer" class="newer" type="button" hidden></button>
    </div>
    <form id="composer" novalidate>
      <label for="text" class="unseen">Message</label>
      <textarea id="text" rows="1" placeholder="Write a message" enterkeyhint="send" autocomplete="off"
        aria-describedby="textHint"></textarea>
      <button class="primary" type="submit">Send</button>
      <p id="textHint" class="hint" role="status"></p>
    </form>
  </main>
  <aside id="people" aria-label="People in this room">
    <h2 id="peopleTitle"></h2>
    <ul id="peopleList"></ul>
  </aside>
</div>
</body>`;
