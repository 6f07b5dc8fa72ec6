// Which family a model's template text belongs to, and which variant of it.
#include <QElapsedTimer>
#include <QFile>
#include <QSet>
#include <QTest>
#include <nlohmann/json.hpp>

#include "sotto/engine/chat_template.h"
#include "text/template_expressions.h"

using namespace sotto::engine;

namespace {

std::string render(const ChatTemplate& chat, const std::vector<ChatMessage>& messages) {
  std::string text;
  for (const Fragment& fragment : render_chat(chat, messages)) text += fragment.text;
  return text;
}

const std::vector<ChatMessage> conversation{
    {Role::system, " S ", {}}, {Role::user, " U ", {}}, {Role::assistant, " A ", {}}, {Role::user, "V", {}}};
const std::vector<ChatMessage> question{{Role::user, "U", {}}};

}  // namespace

class TemplateTextsAreRecognised : public QObject {
  Q_OBJECT

 private slots:
  void variants_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("rendered");
    QTest::addColumn<QString>("alone");
    const auto row = [](const char* row_name, const char* text, const char* name, const char* rendered,
                        const char* alone) { QTest::newRow(row_name) << text << name << rendered << alone; };

    row("ChatML",
        "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\\n' + m['content'] + '<|im_end|>' + '\\n' }}{% "
        "endfor %}",
        "ChatML",
        "<|im_start|>system\n S <|im_end|>\n<|im_start|>user\n U <|im_end|>\n<|im_start|>assistant\n A <|im_end|>\n"
        "<|im_start|>user\nV<|im_end|>\n<|im_start|>assistant\n",
        "<|im_start|>user\nU<|im_end|>\n<|im_start|>assistant\n");
    row("ChatML with a system text of its own",
        "{%- if messages[0]['role'] == 'system' %}{{- '<|im_start|>system\\n' + messages[0]['content'] + "
        "'<|im_end|>\\n' }}"
        "{%- else %}{{- '<|im_start|>system\\nYou are Q, it\\'s true.<|im_end|>\\n' }}{%- endif %}",
        "ChatML",
        "<|im_start|>system\n S <|im_end|>\n<|im_start|>user\n U <|im_end|>\n<|im_start|>assistant\n A <|im_end|>\n"
        "<|im_start|>user\nV<|im_end|>\n<|im_start|>assistant\n",
        "<|im_start|>system\nYou are Q, it's true.<|im_end|>\n<|im_start|>user\nU<|im_end|>\n<|im_start|>assistant\n");
    row("Llama 2, official",
        "{% if x %}{% elif false == true and not '<<SYS>>' in y %}{% set system_message = 'Never.' %}{% endif %}"
        "{% set content = '<<SYS>>\\n' + system_message + '\\n<</SYS>>\\n\\n' + message['content'] %}"
        "{{ bos_token + '[INST] ' + content.strip() + ' [/INST]' }}{{ ' ' + content.strip() + ' ' + eos_token }}",
        "Llama 2", "[INST] <<SYS>>\n S \n<</SYS>>\n\n U [/INST] A </e><b>[INST] V [/INST]", "[INST] U [/INST]");
    row("Llama 2 with a system text of its own",
        "{% elif true == true and not '<<SYS>>' in y %}{% set system_message = 'Always.' %}"
        "{{ '[INST] ' + content.strip() + ' [/INST]' }}{{ ' ' + content.strip() + ' ' + eos_token }}",
        "Llama 2", "[INST] <<SYS>>\n S \n<</SYS>>\n\n U [/INST] A </e>[INST] V [/INST]",
        "[INST] <<SYS>>\nAlways.\n<</SYS>>\n\nU [/INST]");
    row("Mistral, the first", "{{ '[INST] ' + message['content'] + ' [/INST]' }}{{ message['content'] + eos_token }}",
        "Mistral", "[INST]  S \n U  [/INST] A </e>[INST] V [/INST]", "[INST] U [/INST]");
    row("Mistral v1",
        "{{- ' [INST] ' + system_message + '\\n\\n' + message['content'] + ' [/INST]' }}"
        "{{- ' [INST] ' + message['content'] + ' [/INST]' }}{{- ' ' + message['content'] + eos_token}}",
        "Mistral", " [INST]  S \n\n U  [/INST]  A </e> [INST] V [/INST]", " [INST] U [/INST]");
    row("Mistral v3",
        "{{- \"[AVAILABLE_TOOLS] [\" }}{{- \"}}\" }}{%- if loop.last and system_message is defined %}"
        "{{- \"[INST] \" + system_message + \"\\n\\n\" + message[\"content\"] + \"[/INST]\" }}{%- else %}"
        "{{- \"[INST] \" + message[\"content\"] + \"[/INST]\" }}{{- \"]\" + eos_token }}"
        "{{- \" \" + message[\"content\"]|trim + eos_token}}",
        "Mistral", "[INST]  U [/INST] A</e>[INST]  S \n\nV[/INST]", "[INST] U[/INST]");
    row("Mistral v3, Tekken",
        "{{- \"[AVAILABLE_TOOLS][\" }}{%- if loop.last and system_message is defined %}"
        "{{- \"[INST]\" + message[\"content\"] + \"[/INST]\" }}{{- message[\"content\"] + eos_token}}",
        "Mistral", "[INST] U [/INST] A </e>[INST] S \n\nV[/INST]", "[INST]U[/INST]");
    row("Mistral v7",
        "{{ '[INST] ' + message['content'] + '[/INST]' }}"
        "{{ '[SYSTEM_PROMPT] ' + message['content'] + '[/SYSTEM_PROMPT]' }}{{ ' ' + message['content'] + eos_token }}",
        "Mistral", "[SYSTEM_PROMPT]  S [/SYSTEM_PROMPT][INST]  U [/INST]  A </e>[INST] V[/INST]", "[INST] U[/INST]");
    row("Mistral v7, Tekken",
        "{{- '[SYSTEM_PROMPT]' + system_message + '[/SYSTEM_PROMPT]' }}{{- '[INST]' + message['content'] + '[/INST]' }}"
        "{{- message['content'] + eos_token }}",
        "Mistral", "[SYSTEM_PROMPT] S [/SYSTEM_PROMPT][INST] U [/INST] A </e>[INST]V[/INST]", "[INST]U[/INST]");
    row("Llama 3",
        "{% set content = '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n'+ message['content'] | "
        "trim %}",
        "Llama 3",
        "<|start_header_id|>system<|end_header_id|>\n\nS<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nU<|eot_"
        "id|>"
        "<|start_header_id|>assistant<|end_header_id|>\n\nA<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nV<|"
        "eot_id|>"
        "<|start_header_id|>assistant<|end_header_id|>\n\n",
        "<|start_header_id|>user<|end_header_id|>\n\nU<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n");
    row("Llama 3.2",
        "{%- set date_string = strftime_now(\"%d %b %Y\") %}{%- set date_string = \"26 Jul 2024\" %}"
        "{{- \"<|start_header_id|>system<|end_header_id|>\\n\\n\" }}{{- \"Cutting Knowledge Date: December 2023\\n\" }}"
        "{{- \"Today Date: \" + date_string + \"\\n\\n\" }}",
        "Llama 3",
        "<|start_header_id|>system<|end_header_id|>\n\nCutting Knowledge Date: December 2023\nToday Date: 26 Jul "
        "2024\n\n"
        "S<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nU<|eot_id|>"
        "<|start_header_id|>assistant<|end_header_id|>\n\nA<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nV<|"
        "eot_id|>"
        "<|start_header_id|>assistant<|end_header_id|>\n\n",
        "<|start_header_id|>system<|end_header_id|>\n\nCutting Knowledge Date: December 2023\nToday Date: 26 Jul "
        "2024\n\n"
        "<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nU<|eot_id|><|start_header_id|>assistant<|end_header_id|>"
        "\n\n");
    row("Gemma", "{{ '<start_of_turn>' + role + '\\n' + message['content'] | trim + '<end_of_turn>\\n' }}", "Gemma",
        "<start_of_turn>user\nS \n "
        "U<end_of_turn>\n<start_of_turn>model\nA<end_of_turn>\n<start_of_turn>user\nV<end_of_turn>\n"
        "<start_of_turn>model\n",
        "<start_of_turn>user\nU<end_of_turn>\n<start_of_turn>model\n");
    row("Gemma 3",
        "{%- set first_user_prefix = messages[0]['content'] + '\n\n' -%}"
        "{{ '<start_of_turn>' + role + '\n' + (first_user_prefix if loop.first else \"\") }}",
        "Gemma",
        "<start_of_turn>user\n S "
        "\n\nU<end_of_turn>\n<start_of_turn>model\nA<end_of_turn>\n<start_of_turn>user\nV<end_of_turn>\n"
        "<start_of_turn>model\n",
        "<start_of_turn>user\nU<end_of_turn>\n<start_of_turn>model\n");
    row("Phi-3 with a system role",
        "{{ '<|' + message['role'] + '|>' + '\n' + message['content'] + '<|end|>\n' }}{{ '<|assistant|>\n' }}", "Phi-3",
        "<|system|>\n S <|end|>\n<|user|>\n U <|end|>\n<|assistant|>\n A <|end|>\n<|user|>\nV<|end|>\n<|assistant|>\n",
        "<|user|>\nU<|end|>\n<|assistant|>\n");
    row("Phi-3 without one", "{{'<|user|>' + '\n' + message['content'] + '<|end|>' + '\n' + '<|assistant|>' + '\n'}}",
        "Phi-3", "<|user|>\n S \n U <|end|>\n<|assistant|>\n A <|end|>\n<|user|>\nV<|end|>\n<|assistant|>\n",
        "<|user|>\nU<|end|>\n<|assistant|>\n");
    row("Zephyr",
        "{{ '<|user|>\\n' + message['content'] + eos_token }}{{ '<|assistant|>\\n'  + message['content'] + eos_token "
        "}}",
        "Zephyr", "<|system|>\n S </e>\n<|user|>\n U </e>\n<|assistant|>\n A </e>\n<|user|>\nV</e>\n<|assistant|>\n",
        "<|user|>\nU</e>\n<|assistant|>\n");
    row("Alpaca",
        "{{ 'Below is an instruction.\\n\\n' }}{{ '### Instruction:\\n' + message['content'] + '\\n\\n' }}"
        "{{ '### Response:\\n' + message['content'] + eos_token + '\\n\\n' }}{{ '### Response:\\n' }}",
        "Alpaca", " S \n\n### Instruction:\n U \n\n### Response:\n A </e>\n\n### Instruction:\nV\n\n### Response:\n",
        "Below is an instruction.\n\n### Instruction:\nU\n\n### Response:\n");
    row("Alpaca without a preamble",
        "{{ '### Instruction:\\n' + message['content'].strip() + '\\n' }}{{ '### Response:\\n' + message['content'] + "
        "'\\n' }}",
        "Alpaca", " S \n\n### Instruction:\nU\n### Response:\n A \n### Instruction:\nV\n### Response:\n",
        "### Instruction:\nU\n### Response:\n");
  }

  void variants() {
    QFETCH(QString, text);
    QFETCH(QString, name);
    QFETCH(QString, rendered);
    QFETCH(QString, alone);
    const auto chat = recognise_template(text.toStdString(), "<b>", "</e>");
    QVERIFY(chat);
    QCOMPARE(QString::fromUtf8(family_name(chat->family).data()), name);
    QCOMPARE(QString::fromStdString(render(*chat, conversation)), rendered);
    QCOMPARE(QString::fromStdString(render(*chat, question)), alone);
  }

  void othersAreNot() {
    for (const char* text :
         {"", "{{ message['content'] }}", "nothing", "{{", "{{ '", "<|im_start|>user<|im_sep|>",
          "<|im_start|>x<end_of_utterance>", "### Instruction:\n### Response:\n<|EOT|>",
          "<|system|>\n{{ item['content'] }}<|user|>\n{{ item['content'] }}<|assistant|>",
          "{{ '<|user|>\\n' + message['content'] }}{{ '<|assistant|>\\n' + message['content'] + eos_token }}",
          "{{ bos_token + message['role'] + '\\n' + message['content'] + eos_token }}",
          "<|header_start|>user<|header_end|>", "USER: {{ content }} ASSISTANT: "}) {
      QVERIFY2(!recognise_template(text), text);
    }
  }

  void hostileTextsCostLittle() {
    QElapsedTimer timer;
    timer.start();
    const int megabyte = 1'000'000;
    for (const char* part :
         {"{{", "{{ '", "{{ x }}", "{{ a[(", "<|im_start|>{{'<|im_start|>system\\n", "'", "}}", "\\"}) {
      const QByteArray text = "<|im_start|>" + QByteArray(part).repeated(megabyte / int(qstrlen(part)));
      (void)recognise_template(text.toStdString());
    }
    QVERIFY2(timer.elapsed() < 20'000, qPrintable(QString::number(timer.elapsed()) + " ms"));
  }

  // The reference's templates and what Jinja made of them. They lie beside the project and are not part of it.
  void realTemplates() {
    QFile file(QStringLiteral(SOTTO_SOURCE_DIR "/../shared/golden/chat-templates/llama.cpp_chat_template_cases.json"));
    if (!file.open(QIODevice::ReadOnly)) QSKIP("../shared/golden/chat-templates is not there: no reference templates");
    const auto json = nlohmann::json::parse(file.readAll().toStdString());
    std::vector<ChatMessage> messages;
    for (const auto& message : json["conversation"]) {
      const Role role = message[0] == "system" ? Role::system : message[0] == "user" ? Role::user : Role::assistant;
      messages.push_back({role, message[1], {}});
    }
    // By their place in the list.
    const QHash<int, TemplateFamily> ours{
        {0, TemplateFamily::chatml},   {1, TemplateFamily::mistral},  {2, TemplateFamily::llama2},
        {3, TemplateFamily::llama2},   {5, TemplateFamily::gemma},    {12, TemplateFamily::llama3},
        {13, TemplateFamily::phi3},    {14, TemplateFamily::phi3},    {15, TemplateFamily::phi3},
        {16, TemplateFamily::phi3},    {23, TemplateFamily::mistral}, {24, TemplateFamily::mistral},
        {25, TemplateFamily::mistral}, {26, TemplateFamily::mistral}};
    int index = 0;
    for (const auto& reference : json["cases"]) {
      const std::string name = reference["name"];
      const std::string eos = reference["eos"];
      const auto chat = recognise_template(reference["template"].get<std::string>(),
                                           reference["bos"].get<std::string>(), eos.empty() ? "</s>" : eos);
      QVERIFY2(chat.has_value() == ours.contains(index), name.c_str());
      if (chat) {
        QCOMPARE(chat->family, ours[index]);
        QCOMPARE(QString::fromStdString(render(*chat, messages)),
                 QString::fromStdString(reference["expected_jinja"].get<std::string>()));
      }
      ++index;
    }
    QCOMPARE(index, 36);
  }
};

QTEST_GUILESS_MAIN(TemplateTextsAreRecognised)
#include "test_recognise_template.moc"
