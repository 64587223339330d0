"""The labels of the feedback cards in languages other than English."""

from __future__ import annotations

from collections.abc import Mapping

from bot.views.feedback.labels import Labels

SPANISH = Labels(
    heading="Comentarios para {name}",
    holds="Lo que se sostiene",
    start="Se puede construir sobre esto",
    fix="Corrige esto primero, en {section}",
    try_it="Prueba así: ",
    add="Podrías agregar: ",
    off="Lo que no cuadra",
    probe="Una pregunta de vuelta: ",
    full="Tus comentarios del {day}, sección por sección",
    not_asked="Hoy no se pide: {names}.",
    waving="Suena bien, pero aún no decide nada",
    agrees="Coincide con una fuente",
    no_source="Sin fuente a mano",
    doubt="Una duda: ",
    seen="Lo que distingue una buena respuesta, visto en la tuya",
    specific="concreto",
    named="mencionado",
    missing="todavía falta",
    unchecked="sin revisar",
    of="{band} de {top}",
    bands=("ningún punto todavía", "en términos generales", "concreto en parte", "concreto", "concreto y sopesado"),
    begun="hay una base",
    shaky="un paso es frágil",
    unsound="el razonamiento aún no se sostiene",
    more="y {count} más, en tus comentarios completos",
    file="El archivo lo tiene todo.",
    opinion="Esto lo leyó un modelo y puede equivocarse. Si no estás de acuerdo, confía en tus razones.",
    cut="Solo se leyeron los primeros {count} caracteres.",
    manipulation=(
        "Una parte de tu texto le habla a quien lee las respuestas, no a la pregunta. "
        "No sumó ni restó nada; el resto se leyó como siempre."
    ),
    off_topic=(
        "Por eso no se comparó con la pregunta de hoy. Tus palabras quedan guardadas. Si pensabas en la pregunta de "
        "otro día, responde en ese hilo. Si no, edita esta respuesta y pide que se revise el cambio."
    ),
    habit="Vale la pena conservar esto",
    day="%d/%m",
    sections={
        "Scope and constraints": "Alcance y límites",
        "Users": "Usuarios",
        "System design": "Diseño del sistema",
        "Trade-offs": "Ventajas y costos",
        "API and developers": "API y desarrolladores",
        "Metrics": "Métricas",
    },
)

FRENCH = Labels(
    heading="Retour pour {name}",
    holds="Ce qui tient",
    start="Une base à développer",
    fix="À corriger en premier, dans {section}",
    try_it="Essayez ainsi : ",
    add="Vous pourriez ajouter : ",
    off="Ce qui ne colle pas",
    probe="Une question en retour : ",
    full="Votre retour du {day}, section par section",
    not_asked="Pas demandé aujourd'hui : {names}.",
    waving="Sonne bien, mais ne décide encore rien",
    agrees="Confirmé par une source",
    no_source="Pas de source sous la main",
    doubt="Un doute : ",
    seen="Ce qui fait une bonne réponse, vu dans la vôtre",
    specific="précis",
    named="mentionné",
    missing="manque encore",
    unchecked="non vérifié",
    of="{band} sur {top}",
    bands=("aucun de ses points encore", "en termes généraux", "précis en partie", "précis", "précis et pesé"),
    begun="une base existe",
    shaky="une étape est fragile",
    unsound="le raisonnement ne tient pas encore",
    more="et {count} de plus, dans votre retour complet",
    file="Le fichier contient tout.",
    opinion="Un modèle a lu ceci et peut se tromper. En cas de désaccord, fiez-vous à vos raisons.",
    cut="Seuls les {count} premiers caractères ont été lus.",
    manipulation=(
        "Une partie de votre texte s'adresse à qui lit les réponses, pas à la question. "
        "Elle n'a rien ajouté ni retiré ; le reste a été lu comme d'habitude."
    ),
    off_topic=(
        "Il n'a donc pas été comparé à la question du jour. Vos mots sont gardés. Si vous pensiez à la question d'un "
        "autre jour, répondez dans son fil. Sinon, modifiez cette réponse et demandez une relecture."
    ),
    habit="À garder",
    day="%d/%m",
    sections={
        "Scope and constraints": "Cadre et contraintes",
        "Users": "Utilisateurs",
        "System design": "Conception du système",
        "Trade-offs": "Compromis",
        "API and developers": "API et développeurs",
        "Metrics": "Mesures",
    },
)

GERMAN = Labels(
    heading="Rückmeldung für {name}",
    holds="Was trägt",
    start="Darauf lässt sich aufbauen",
    fix="Das zuerst verbessern, bei {section}",
    try_it="Versuch es so: ",
    add="Du könntest ergänzen: ",
    off="Was nicht zusammenpasst",
    probe="Eine Frage zurück: ",
    full="Deine Rückmeldung vom {day}, Teil für Teil",
    not_asked="Heute nicht gefragt: {names}.",
    waving="Klingt gut, entscheidet aber noch nichts",
    agrees="Deckt sich mit einer Quelle",
    no_source="Keine Quelle zur Hand",
    doubt="Ein Zweifel: ",
    seen="Was eine gute Antwort ausmacht, in deiner zu sehen",
    specific="konkret",
    named="genannt",
    missing="fehlt noch",
    unchecked="nicht geprüft",
    of="{band} von {top}",
    bands=("noch keiner der Punkte", "allgemein gesagt", "teilweise konkret", "konkret", "konkret und abgewogen"),
    begun="ein Anfang ist da",
    shaky="ein Schritt ist unsicher",
    unsound="die Begründung trägt noch nicht",
    more="und {count} weitere, in der ganzen Rückmeldung",
    file="Die Datei enthält alles.",
    opinion="Ein Modell hat das gelesen und kann irren. Wenn du anderer Meinung bist, trau deinen Gründen.",
    cut="Nur die ersten {count} Zeichen wurden gelesen.",
    manipulation=(
        "Ein Teil deines Textes spricht zu denen, die Antworten lesen, nicht zur Frage. "
        "Er hat nichts gebracht und nichts gekostet; der Rest wurde wie immer gelesen."
    ),
    off_topic=(
        "Deshalb wurde er nicht an der heutigen Frage gemessen. Deine Worte bleiben erhalten. Wenn du die Frage eines "
        "anderen Tages meintest, antworte dort. Wenn nicht, ändere diese Antwort und lass die Änderung prüfen."
    ),
    habit="Das lohnt sich zu behalten",
    day="%d.%m.",
    sections={
        "Scope and constraints": "Rahmen und Grenzen",
        "Users": "Nutzer",
        "System design": "Systementwurf",
        "Trade-offs": "Abwägung",
        "API and developers": "API und Entwickler",
        "Metrics": "Messgrößen",
    },
)

PORTUGUESE = Labels(
    heading="Comentários para {name}",
    holds="O que se sustenta",
    start="Dá para construir sobre isto",
    fix="Corrija isto primeiro, em {section}",
    try_it="Tente assim: ",
    add="Você poderia acrescentar: ",
    off="O que não bate",
    probe="Uma pergunta de volta: ",
    full="Seus comentários de {day}, seção por seção",
    not_asked="Hoje não se pede: {names}.",
    waving="Soa bem, mas ainda não decide nada",
    agrees="Coincide com uma fonte",
    no_source="Sem fonte à mão",
    doubt="Uma dúvida: ",
    seen="O que faz uma boa resposta, visto na sua",
    specific="concreto",
    named="mencionado",
    missing="ainda falta",
    unchecked="não verificado",
    of="{band} de {top}",
    bands=("nenhum dos seus pontos ainda", "em termos gerais", "concreto em parte", "concreto", "concreto e ponderado"),
    begun="há uma base",
    shaky="um passo é frágil",
    unsound="o raciocínio ainda não se sustenta",
    more="e mais {count}, nos seus comentários completos",
    file="O arquivo tem tudo.",
    opinion="Um modelo leu isto e pode errar. Se você discorda, confie nas suas razões.",
    cut="Só os primeiros {count} caracteres foram lidos.",
    manipulation=(
        "Uma parte do seu texto fala com quem lê as respostas, não com a pergunta. "
        "Ela não somou nem tirou nada; o resto foi lido como sempre."
    ),
    off_topic=(
        "Por isso não foi comparado com a pergunta de hoje. Suas palavras ficam guardadas. Se você pensava na pergunta "
        "de outro dia, responda naquela conversa. Se não, edite esta resposta e peça que a mudança seja revista."
    ),
    habit="Vale a pena manter",
    day="%d/%m",
    sections={
        "Scope and constraints": "Escopo e limites",
        "Users": "Usuários",
        "System design": "Desenho do sistema",
        "Trade-offs": "Ganhos e perdas",
        "API and developers": "API e desenvolvedores",
        "Metrics": "Métricas",
    },
)

TRANSLATIONS: Mapping[str, Labels] = {"es": SPANISH, "fr": FRENCH, "de": GERMAN, "pt": PORTUGUESE}
