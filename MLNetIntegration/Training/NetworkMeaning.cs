using System.Text.Json;

namespace Toolkit.MLNetIntegration.Training;

/// <summary>What the outputs of a network mean, and the keys that it reads: the names of its classes in the order of its outputs, the scale of its label, and the names of keys by column.</summary>
/// <param name="Classes">The names; null where there are no classes, or keys without names.</param>
/// <param name="Scale">How the label was shifted and scaled for the loss.</param>
internal sealed record NetworkMeaning(IReadOnlyList<string>? Classes, LabelScale Scale)
{
    private const string ClassesKey = "toolkit.classes", ScaleKey = "toolkit.label", KeysKey = "toolkit.keys", TasksKey = "toolkit.tasks";

    /// <summary>The names of the keys of each column of keys that has them, in the order of its vectors.</summary>
    public IReadOnlyDictionary<string, string[]> Keys { get; init; } = new Dictionary<string, string[]>();

    /// <summary>The tasks in the order of their outputs, where there are several; empty for one.</summary>
    public IReadOnlyList<TaskMeaning> Tasks { get; init; } = [];

    /// <summary>What an exported network says of itself; null if it says nothing.</summary>
    /// <exception cref="TrainingException">It says what makes no sense.</exception>
    public static NetworkMeaning? Of(IReadOnlyDictionary<string, string> metadata)
    {
        if (!metadata.TryGetValue(ScaleKey, out string? scale))
        {
            return null;
        }

        try
        {
            double[] numbers = JsonSerializer.Deserialize<double[]>(scale)!;
            string[]? classes = metadata.TryGetValue(ClassesKey, out string? names) ? JsonSerializer.Deserialize<string[]>(names) : null;
            TaskMeaning[] tasks = metadata.TryGetValue(TasksKey, out string? several) ? JsonSerializer.Deserialize<TaskMeaning[]>(several) ?? [] : [];
            return numbers is [var mean, var deviation] && new LabelScale(mean, deviation) is { IsUsable: true } own && tasks.All(task => task.Scale.IsUsable)
                ? new NetworkMeaning(classes, own)
                {
                    Keys = metadata.TryGetValue(KeysKey, out string? keys) ? JsonSerializer.Deserialize<Dictionary<string, string[]>>(keys)! : [],
                    Tasks = tasks,
                }
                : throw new TrainingException($"Expected a mean and a deviation above 0 as \"{ScaleKey}\" of the file, and of each of \"{TasksKey}\", found {scale} and {several ?? "none"}.");
        }
        catch (JsonException e)
        {
            throw new TrainingException($"Expected \"{ClassesKey}\", \"{ScaleKey}\", \"{KeysKey}\" and \"{TasksKey}\" of the file as the toolkit writes them: {e.Message}", e);
        }
    }

    /// <summary>What an exported network is to say of itself.</summary>
    public IReadOnlyDictionary<string, string> ToMetadata()
    {
        var metadata = new Dictionary<string, string> { [ScaleKey] = JsonSerializer.Serialize(new[] { Scale.Mean, Scale.Deviation }) };
        if (Classes is not null)
        {
            metadata[ClassesKey] = JsonSerializer.Serialize(Classes);
        }

        if (Keys.Count > 0)
        {
            metadata[KeysKey] = JsonSerializer.Serialize(Keys);
        }

        if (Tasks.Count > 0)
        {
            metadata[TasksKey] = JsonSerializer.Serialize(Tasks);
        }

        return metadata;
    }

    /// <summary>Refuses keys that stand for others than those whose vectors were learned.</summary>
    /// <exception cref="TrainingException">They have other names, or another order.</exception>
    public void RequireSameKeys(NetworkMeaning found)
    {
        foreach ((string column, string[] keys) in Keys)
        {
            if (found.Keys.TryGetValue(column, out string[]? others) && !keys.SequenceEqual(others, StringComparer.Ordinal))
            {
                throw new TrainingException(
                    $"Expected the keys {string.Join(", ", keys)} of \"{column}\", in this order, as in the network to start from, found {string.Join(", ", others)}; map the values to keys "
                    + "with what was fitted to its rows.");
            }
        }
    }

    /// <summary>Refuses tasks that read the outputs of other ones.</summary>
    /// <exception cref="TrainingException">They have other labels or classes, or another order.</exception>
    public void RequireSameTasks(NetworkMeaning found)
    {
        if (Tasks.Count != found.Tasks.Count || Tasks.Zip(found.Tasks).Any(pair => !pair.First.IsSame(pair.Second)))
        {
            throw new TrainingException($"Expected {Text(Tasks)} as in the network to start from, in this order, found {Text(found.Tasks)}.");
        }

        static string Text(IReadOnlyList<TaskMeaning> tasks) => tasks.Count == 0 ? "one label" : $"the labels {string.Join(", ", tasks)}";
    }

    /// <summary>For each class of a label its place among the outputs of the network; null if they are in the same order.</summary>
    /// <exception cref="TrainingException">The classes are others, or have another order where outputs cannot be reordered.</exception>
    public int[]? OrderFor(IReadOnlyList<string>? label, bool canReorder)
    {
        if (Classes is null || (label is not null && label.SequenceEqual(Classes, StringComparer.Ordinal)))
        {
            return null;
        }

        string expected = $"Expected the classes {string.Join(", ", Classes)} of the network to start from";
        if (label is null)
        {
            throw new TrainingException($"{expected}, found a label without names of classes.");
        }

        int[] order = [.. label.Select(name => Classes.ToList().IndexOf(name))];
        if (label.Count != Classes.Count || order.Contains(-1))
        {
            throw new TrainingException($"{expected}, in any order, found {string.Join(", ", label)}.");
        }

        return canReorder ? order : throw new TrainingException(
            $"{expected} in this order, found {string.Join(", ", label)}; the outputs of a network of your own are not reordered: map the values to keys in that order.");
    }
}
