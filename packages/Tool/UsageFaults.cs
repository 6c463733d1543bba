using System.CommandLine;
using System.CommandLine.Parsing;

namespace Toolkit.Tool;

/// <summary>What is wrong with a command line, and what was probably meant.</summary>
internal static class UsageFaults
{
    /// <summary>One line for each fault; none if the command can run.</summary>
    public static IEnumerable<string> Of(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        if (command is RootCommand && parsed.UnmatchedTokens is [var word, ..] && !IsOption(word))
            return [$"there is no command \"{word}\"{Meant(word, command.Subcommands.Select(other => other.Name))}"];

        // The parser takes an option that it does not know for an argument; no file is called like one.
        string[] unknown = [.. parsed.Tokens.Where(token => token.Type == TokenType.Argument && IsOption(token.Value)).Select(token => token.Value)];
        return unknown.Length > 0
            ? unknown.Select(name => $"there is no option {name}{Meant(name, Options(parsed.CommandResult))}")
            : parsed.Errors.Select(error => error.Message.ReplaceLineEndings(" ").Replace("\t", string.Empty, StringComparison.Ordinal));
    }

    private static bool IsOption(string word) => word.StartsWith("--", StringComparison.Ordinal) && word.Length > 2;

    /// <summary>The options of a command and those of the commands around it.</summary>
    private static IEnumerable<string> Options(CommandResult? command)
    {
        for (; command is not null; command = command.Parent as CommandResult)
        {
            foreach (Option option in command.Command.Options)
                yield return option.Name;
        }
    }

    private static string Meant(string word, IEnumerable<string> names) =>
        names.Distinct().Select(name => (Name: name, Distance: Distance(word, name))).OrderBy(near => near.Distance).FirstOrDefault() is { Name: { } name, Distance: var distance } && distance <= 1 + (word.Length / 4)
            ? $"; did you mean {name}?"
            : ".";

    /// <summary>How many letters must be put in, left out, replaced, or exchanged with their neighbour to make one word of the other.</summary>
    private static int Distance(string a, string b)
    {
        var distances = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
        {
            for (int j = 0; j <= b.Length; j++)
            {
                distances[i, j] = i == 0 || j == 0 ? i + j : Math.Min(
                    Math.Min(distances[i - 1, j], distances[i, j - 1]) + 1, distances[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    distances[i, j] = Math.Min(distances[i, j], distances[i - 2, j - 2] + 1);
            }
        }

        return distances[a.Length, b.Length];
    }
}
