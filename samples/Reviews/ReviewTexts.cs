using Toolkit.Modeling;
using Toolkit.Modeling.Data;

namespace Toolkit.Samples.Reviews;

/// <summary>Reviews made up, in which the order of words matters: "not" turns the judgement behind it around. One is good if it praises more often than it blames.</summary>
internal static class ReviewTexts
{
    private static readonly string[] Good = ["good", "great", "friendly", "clean", "quick"], Bad = ["bad", "awful", "rude", "dirty", "slow"];

    private static readonly string[] Things = ["food", "staff", "room", "service", "music"], Fillers = ["and", "also", "really", "today", "again"];

    public static (string[] Texts, long[] Labels) Create(int count, RandomSource random)
    {
        var texts = new string[count];
        var labels = new long[count];
        for (int i = 0; i < count; i++)
        {
            // An odd number of judgements never ends in a draw.
            int judgements = 1 + (2 * random.NextInt32(3)), praise = 0;
            var words = new List<string>();
            for (int k = 0; k < judgements; k++)
            {
                bool isGood = random.NextInt32(2) == 0, isTurned = random.NextInt32(2) == 0;
                praise += isGood != isTurned ? 1 : -1;
                if (random.NextInt32(3) == 0)
                    words.Add(Pick(Fillers));
                words.AddRange(["the", Pick(Things), "was"]);
                if (isTurned)
                    words.Add("not");
                words.Add(Pick(isGood ? Good : Bad));
            }

            (texts[i], labels[i]) = (string.Join(' ', words), praise > 0 ? 1 : 0);
        }

        return (texts, labels);

        string Pick(string[] words) => words[random.NextInt32(words.Length)];
    }

    /// <summary>Texts as sequences of numbers of words, and their classes.</summary>
    public static Dataset Read(string[] texts, long[] labels) => Dataset.Of(
        Column.Ragged("text", "time", [.. texts.Select(text => text.Split(' ').Select(HashedWords.Of).ToArray())]), Column.Labels("verdict", labels, classes: 2));
}
