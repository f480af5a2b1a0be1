"""Words that say nothing about a text's subject. Comparisons of texts and the marks in search results ignore them."""

WORDS_BY_LANGUAGE = {
    "english": """
        a about above after again all also although always am an and another any are as at away be because been before
        being below between both but by came can cannot could did do does doing done down during each either else ever
        every few find for from further get give go had has have having he hello help her here hers hey hi him his how
        i if in into is it its just know let like made make many may me mean means might more most much must my near
        never no none nor not now of off often on once one only or other our out over own please quite rather really
        remember said same say see shall she should show since so some still such take tell than thank thanks that the
        their them then there these they thing this those through to too under until up upon us use used very via was
        we well were what when where whether which while who whom whose why will with within without would yes yet you
        your
    """,
    "german": """
        aber als auch auf aus bei das dem den der des die ein eine einen es für hat ich im ist mit nicht oder sich sie
        sind und von was wie wird zu zum
    """,
    "french": """
        au aux avec ce ces dans de des du elle en est et il la le les ne ou par pas pour que qui se sont sur un une
    """,
    "spanish": """
        como con de del el en es la las los no para por que se su un una y
    """,
}

STOP_WORDS_BY_LANGUAGE = {language: frozenset(words.split()) for language, words in WORDS_BY_LANGUAGE.items()}
STOP_WORDS = frozenset().union(*STOP_WORDS_BY_LANGUAGE.values())
