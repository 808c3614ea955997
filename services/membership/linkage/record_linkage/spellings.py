"""General knowledge of names: frequent ones, and equivalent given names."""

from collections.abc import Mapping

_COMMON_FAMILIES_WORDS = """
smith johnson williams brown jones garcia miller davis rodriguez martinez hernandez lopez gonzalez wilson anderson
thomas taylor moore jackson martin lee perez thompson white harris sanchez clark ramirez lewis robinson walker young
allen king wright scott torres nguyen hill flores green adams nelson baker hall rivera campbell mitchell carter
roberts gomez phillips evans turner diaz parker cruz edwards collins reyes stewart morris morales murphy cook rogers
gutierrez ortiz morgan cooper peterson bailey reed kelly howard ramos kim cox ward richardson watson brooks chavez
wood james bennett gray mendoza ruiz hughes price alvarez castillo patel myers long ross foster jimenez notifier shaw
davies harrison jenkins li wang zhang liu chen yang huang zhao wu zhou xu sun ma zhu hu guo he lin gao luo zheng
liang xie tang song han feng deng cao peng zeng xiao tian dong pan yuan cai jiang yu du ye cheng wei su lu ding ren
shen yao singh kumar sharma gupta das khan ahmed ali shah rao reddy mehta jain verma joshi chowdhury hussain rahman
islam begum iqbal malik akhtar hossain mohamed mohammed muhammad ahmad hassan hussein ibrahim abdullah osman salem
yusuf omar saleh mahmoud abdi silva santos oliveira souza pereira lima costa ferreira almeida alves ribeiro carvalho
fernandes fernandez rojas castro vargas romero herrera medina park choi jung kang cho yoon jang lim tran le pham
hoang phan vu vo dang bui do sato suzuki takahashi tanaka watanabe ito yamamoto nakamura kobayashi kato yoshida
yamada sasaki mueller muller schmidt schneider fischer weber meyer wagner becker schulz hoffmann koch bauer richter
klein wolf rossi russo ferrari esposito bianchi romano bernard dubois durand moreau laurent simon michel lefebvre
ivanov ivanova petrov petrova smirnov kuznetsov popov sokolov vasiliev andersson johansson karlsson nilsson eriksson
larsson olsson hansen jensen nielsen pedersen christensen larsen olsen nowak kowalski de jong jansen novak horvat
yilmaz kaya demir celik papadopoulos okafor mensah traore diallo diop ndiaye ba sow abebe tesfaye haile dlamini
nkosi
"""
COMMON_FAMILIES = frozenset(_COMMON_FAMILIES_WORDS.split())
_COMMON_GIVEN_WORDS = """
james john robert michael william david richard joseph thomas charles christopher daniel matthew anthony mark donald
steven paul andrew joshua kenneth kevin brian george edward ronald peter mary patricia jennifer linda elizabeth
barbara susan jessica sarah karen nancy lisa margaret sandra ashley anna maria jose juan luis carlos antonio manuel
francisco pedro jorge miguel ana carmen laura joao paulo wei li jing yan fang min xin hui jun lei yu ying hong ming
yong jie tao bin bo ping mohamed mohammed muhammad ahmed ali hassan omar ibrahim fatima aisha abdul hussein said
khalid mahmoud yusuf rajesh sanjay amit anil priya sunita kumar hans klaus wolfgang peter jan martin thomas andreas
stefan michel jean pierre philippe alain marie anne giuseppe giovanni francesco marco alexander sergey vladimir
elena olga natalia tatiana ivan nikolai dmitry andrei lars anders erik per ole kim hiroshi kenji takashi akira yuki
minh anh thi van duc emmanuel joseph samuel daniel grace esther ruth abdoulaye mamadou ousmane
"""
COMMON_GIVEN = frozenset(_COMMON_GIVEN_WORDS.split())
_SAME = """
robert bob rob bobby bert roberto | william bill will billy liam guillermo wilhelm | richard rick dick rich ricardo |
james jim jimmy jamie | john jack johnny jon | joseph joe jose josef giuseppe |
michael mike mick mikhail miguel michel | charles charlie chuck carlos karl carl | thomas tom tommy |
edward ed eddie ted ned eduard eduardo | david dave | daniel dan danny | matthew matt | anthony tony antonio anton |
christopher chris | steven steve stephen stefan stephan | andrew andy drew andrei andrey andreas |
peter pete pedro pierre petr pyotr piotr | kenneth ken kenny | gregory greg | gerald gerry jerry |
lawrence larry laurence | donald don | ronald ron | samuel sam | benjamin ben | alexander alex sasha |
alexandre aleksandr alejandro | nicholas nick nicolas nikolai nikolay | patrick pat | timothy tim | frederick fred |
freddie friedrich | philip phil phillip philippe | raymond ray | walter walt | henry hank harry henri heinrich |
francis frank francisco | jeffrey jeff geoffrey geoff | leonard len leo | douglas doug | theodore theo |
vincent vince | elizabeth liz beth betty lisa eliza elisabeth | margaret maggie meg peggy |
katherine kate kathy katie cathy catherine | katharine ekaterina catarina | susan sue suzanne | patricia patty trish |
jennifer jenny jen | barbara barb | deborah debbie debra deb | judith judy | rebecca becky | victoria vicky |
dorothy dot | jessica jess | pamela pam | sandra sandy | cynthia cindy | christine chris tina christina |
natalia natasha natalie | maria marie mary | anna ann anne ana hannah | helen elena helena yelena | olga olya |
dmitry dmitri dima dmitriy | vladimir volodymyr vova | sergey sergei serhii | yuri yury iurii yuriy juri |
evgeny evgeniy yevgeny eugene | ivan vanya | mikhail misha |
mohammed mohamed muhammad mohammad muhammed mohamad mehmet mahomed | ahmed ahmad achmad ahmet |
hussein husain hussain | hossein huseyin | hassan hasan | yusuf yousef youssef joseph yousuf |
ibrahim ebrahim abraham | omar umar omer | abdullah abdallah abdulla | fatima fatma fatimah | aisha ayesha aicha |
khalid khaled | saeed said sayed | mustafa mostafa | mahmoud mahmud mehmood | ali aly |
jean jan johannes johann hans juan giovanni joao | louis luis luigi ludwig lewis |
george jorge georg georges giorgio georgios | paul pablo paolo pavel paulo | mark marc marco marcus markus marcos |
francois francisco francesco franz | stephanie steph | gabriel gabe | nathaniel nathan nate | albert al bert alberto |
alan allan allen | eric erik | carl karl | sara sarah | jorg joerg jurgen | bjorn bjoern | lucy lucia lucie |
sofia sophia | sophie | julia yulia iulia julie | daria darya | xenia ksenia | igor ihor | olexander oleksandr
"""


_MEMBERS = tuple(frozenset(group.split()) for group in _SAME.replace("\n", " ").split("|"))


def _groups() -> Mapping[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    for number, group in enumerate(_MEMBERS):
        for word in group:
            found.setdefault(word, set()).add(number)
    return {word: frozenset(numbers) for word, numbers in found.items()}


_GROUPS = _groups()
_NONE: frozenset[int] = frozenset()


def groups_of(word: str) -> frozenset[int]:
    """The groups of forms that a given name belongs to."""
    return _GROUPS.get(word, _NONE)


def forms_of(word: str) -> frozenset[str]:
    """The forms of a given name, including itself."""
    return frozenset((word,)).union(*(_MEMBERS[group] for group in groups_of(word)))


def stand_for_each_other(word: str, other: str) -> bool:
    """Whether both are forms of one given name: short, or of another language."""
    return bool(groups_of(word) & groups_of(other))
