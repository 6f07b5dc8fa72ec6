// The transcript for screen readers: a document whose text is the conversation.
#pragma once

namespace sotto::ui {

// Makes TranscriptView known to QAccessible. Any number of calls do what one does.
void installTranscriptAccessibility();

}  // namespace sotto::ui
