using System.Text;

namespace Lunette.Cli;

/// <summary>Asks for a secret on the terminal without showing it.</summary>
internal static class SecretPrompt
{
    /// <summary>A line that was typed and may be seen; null where there is no terminal to ask on.</summary>
    public static string? ReadLine(string prompt)
    {
        if (Console.IsInputRedirected) return null;
        Console.Error.Write(prompt);
        return Console.ReadLine();
    }

    /// <summary>What was typed; null where there is no terminal to ask on.</summary>
    public static string? Read(string prompt)
    {
        if (Console.IsInputRedirected) return null;
        Console.Error.Write(prompt);
        var typed = new StringBuilder();
        while (Console.ReadKey(intercept: true) is var key && key.Key != ConsoleKey.Enter)
        {
            if (key.Key == ConsoleKey.Backspace)
            {
                if (typed.Length > 0) typed.Length--;
            }
            else if (!char.IsControl(key.KeyChar))
            {
                typed.Append(key.KeyChar);
            }
        }
        Console.Error.WriteLine();
        return typed.ToString();
    }
}
