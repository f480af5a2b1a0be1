"""What words of a title say: nothing about the subject, or a language, a level, a number. Pure.

The lists have the languages in which the interface's users write most. A word that is missing costs a match, not a
wrong one.
"""

# How one speaks of learning anything, and of tests, with no say in what is learned.
FILLERS_BY_LANGUAGE = {
    "english": """
        ability able about achieve ace become becoming being better better book build certificate certification
        certified class classes comfortable complete course courses develop exam examination exams expand fluency fluent
        fluently get getting goal good great improve improving know knowing knowledge language languages learn learning
        lesson lessons level master mastering mastery me memorise memorize my necessary needed needs obtain pass
        passing practice practise prep preparation prepare preparing proficiency proficient project quickly read
        reach really recognise recognize skill skills speak speaking start studies study studying subject take
        taking talk teach test tests train training tutorial understand understanding university well work
        working yourself year
    """,
    "german": """
        abschluss aufbauen auf auffrischen beherrschen besser bestehen examen fließend klausur kennen kennenlernen
        können kurs lernen lerne meine meinen meistern niveau prüfung sprache sprechen studieren test üben verbessern
        verstehen vertiefen vorbereiten vorbereitung wissen
    """,
    "spanish": """
        aprender aprendizaje aprobar conocer curso dominar entender estudiar estudio examen fluidez hablar idioma lengua
        mejorar mi nivel practicar preparación preparar prepararme saber
    """,
    "french": """
        apprendre comprendre connaître cours couramment examen étudier langue maîtriser ma mon niveau parler passer
        préparation préparer réussir réviser savoir
    """,
    "italian": "capire conoscere corso esame imparare la lingua livello parlare preparare studiare studio superare",
    "portuguese": "aprender conhecer curso dominar entender estudar exame falar língua nível passar preparar saber",
    "russian": """
        выучить говорить для знать изучать изучение изучить к курс на научиться освоить подготовиться подготовка понять
        по свободно сдать учить экзамен экзамена экзамену язык языка
    """,
    "arabic": "أتقن إتقان امتحان اجتياز تعلم تعلّم دراسة دورة حفظ فهم في لغة اللغة مادة من",
}
# Written without spaces, so these are found anywhere in a title. The longest come first.
UNSPACED_FILLERS = """
    マスターする 勉強する できるように 学習する マスター 準備する 通过 考取 掌握 学好 学会 学习 精通 复习 备考 考试 水平
    勉強 学習 習得 合格 試験 準備 する 学 考 の を
"""

NAMES_OF_LANGUAGES = {
    "ar": "arabic arabisch árabe arabe arabo арабский العربية 阿拉伯语 アラビア語",
    "cs": "czech tschechisch checo tchèque ceco tcheco чешский 捷克语",
    "da": "danish dänisch danés danois danese dinamarquês датский 丹麦语",
    "de": "german deutsch alemán allemand tedesco alemão немецкий الألمانية 德语 ドイツ語 testdaf",
    "el": "greek griechisch griego grec greco grego греческий اليونانية 希腊语 ギリシャ語",
    "en": "english englisch inglés anglais inglese inglês английский الإنجليزية الانجليزية 英语 英語",
    "eo": "esperanto",
    "es": "spanish spanisch español castellano espagnol spagnolo espanhol испанский الإسبانية 西班牙语 スペイン語 dele",
    "fa": "persian farsi persisch persa персидский الفارسية 波斯语",
    "fi": "finnish finnisch finlandés finnois finlandese finlandês финский 芬兰语",
    "fr": "french französisch francés français francese francês французский الفرنسية 法语 フランス語 delf dalf",
    "he": "hebrew hebräisch hebreo hébreu ebraico иврит العبرية 希伯来语",
    "hi": "hindi хинди الهندية 印地语",
    "hu": "hungarian ungarisch húngaro hongrois ungherese венгерский 匈牙利语",
    "id": "indonesian indonesisch indonesio indonésien индонезийский 印尼语",
    "it": "italian italienisch italiano italien итальянский الإيطالية 意大利语 イタリア語",
    "ja": "japanese japanisch japonés japonais giapponese japonês японский اليابانية 日语 日本語 jlpt",
    "ko": "korean koreanisch hangul coreano coréen корейский الكورية 韩语 韓国語 topik",
    "la": "latin latein latín latino latim латынь латинский اللاتينية 拉丁语",
    "nl": "dutch niederländisch holländisch neerlandés holandés néerlandais olandese holandês нидерландский 荷兰语",
    "no": "norwegian norwegisch noruego norvégien norvegese norueguês норвежский 挪威语",
    "pl": "polish polnisch polaco polonais polacco polonês польский 波兰语",
    "pt": "portuguese portugiesisch portugués portugais portoghese português португальский البرتغالية 葡萄牙语",
    "ro": "romanian rumänisch rumano roumain rumeno romeno румынский 罗马尼亚语",
    "ru": "russian russisch ruso russe russo русский الروسية 俄语 ロシア語",
    "sv": "swedish schwedisch sueco suédois svedese шведский 瑞典语",
    "sw": "swahili suaheli suajili суахили",
    "th": "thai thailändisch tailandés тайский 泰语",
    "tr": "turkish türkisch turco turc турецкий التركية 土耳其语",
    "uk": "ukrainian ukrainisch ucraniano ukrainien украинский 乌克兰语",
    "vi": "vietnamese vietnamesisch vietnamita vietnamien вьетнамский 越南语",
    "zh": "chinese mandarin chinesisch mandarín chino chinois cinese chinês китайский الصينية 中文 汉语 中国語 hsk",
}

LEVELS = {
    "beginner": """
        absolute basic basics beginner beginners elementary essentials foundation foundations fundamental fundamentals
        intro introduction introductory starter anfänger anfängerkurs einführung einsteiger grundkurs grundlagen básico
        básica fundamentos inicial iniciación introducción principiante principiantes bases débutant débutants
        initiation base principianti начинающих основы введение أساسيات مبتدئ المبتدئين مقدمة 入门 初级 基础 初級 入門
    """,
    "intermediate": "intermediate mittelstufe intermedio intermédiaire intermediário средний متوسط 中级 中級",
    "advanced": """
        advanced expert proficiency fortgeschrittene fortgeschrittenen leistungskurs avanzado avanzada superior avancé
        avancés perfectionnement avanzato avançado продвинутых продолжающих متقدم المتقدمين 高级 上級
    """,
}

# Written as in a title; the key is what stands for them.
NUMBERS = {
    "1/2": "half halb halber halbes medio media demi mezza meia",
    "1": "i first one erste ersten erster primero primera premier première primo первый الأول",
    "2": "ii second two zweite zweiten zweiter segundo segunda deuxième secondo второй الثاني",
    "3": "iii third three dritte dritten dritter tercero tercera troisième terzo третий الثالث",
    "4": "iv fourth four vierte cuarto quatrième",
    "5": "v fifth five fünfte quinto cinquième",
    "6": "vi sixth six sechste sexto sixième",
    "7": "vii seventh seven siebte séptimo septième",
    "8": "viii eighth eight achte octavo huitième",
    "9": "ix ninth nine neunte noveno neuvième",
    "10": "x tenth ten zehnte décimo dixième",
}

# Amounts of time, such as "in 30 days": a plan, not the subject.
TIME_UNITS = """
    day days hour hours minute minutes month months week weeks year years tag tage tagen stunde stunden minuten monat
    monate monaten woche wochen jahr jahre jahren día días hora horas minutos mes meses semana semanas año años jour
    jours heure heures mois semaine semaines an ans
"""

SHORT_FORMS = {
    "ai": "artificial intelligence",
    "algo": "algorithms",
    "bio": "biology",
    "calc": "calculus",
    "chem": "chemistry",
    "econ": "economics",
    "js": "javascript",
    "k8s": "kubernetes",
    "math": "mathematics",
    "mathe": "mathematik",
    "maths": "mathematics",
    "ml": "machine learning",
    "nlp": "natural language processing",
    "postgres": "postgresql",
    "psych": "psychology",
    "stats": "statistics",
    "ts": "typescript",
}
