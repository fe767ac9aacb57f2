namespace Lunette.Daemon.Starting;

/// <summary>The daemon cannot start: the message is one line that says what to do.</summary>
/// <param name="message">For the administrator.</param>
/// <param name="inner">The cause, where there is one.</param>
public sealed class StartException(string message, Exception? inner = null) : Exception(message, inner);
