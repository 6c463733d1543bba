namespace Toolkit.Samples.FineTune.Studies;

/// <summary>
/// Sentences about four subjects. Those for the test are about other things than those for training: nobody who does not know the words from elsewhere can tell their subject.
/// </summary>
internal static class Sentences
{
    public const int Subjects = 4;

    private static readonly string[] Forms =
    [
        "my sister told me about the {0}", "we saw a {0} and talked about it", "there was a {0} in the story", "he wrote two pages about the {0}", "I still remember the {0} of that day",
        "nobody had asked for a {0}", "the {0} was better than I thought", "she drew a {0} on the wall",
    ];

    private static readonly string[][] Learned =
    [
        ["storm", "rain", "cloud", "thunder", "wind", "frost", "fog", "hail"],
        ["soup", "bread", "cheese", "salad", "butter", "sausage", "cake", "pepper"],
        ["goal", "referee", "stadium", "coach", "tennis", "sprint", "league", "goalkeeper"],
        ["computer", "keyboard", "software", "laptop", "printer", "database", "website", "processor"],
    ];

    private static readonly string[][] Unseen =
    [
        ["snow", "blizzard", "lightning", "drizzle", "hurricane", "breeze"],
        ["pasta", "omelette", "rice", "pancake", "stew", "biscuit"],
        ["football", "athlete", "marathon", "basketball", "championship", "hockey"],
        ["programmer", "internet", "algorithm", "smartphone", "server", "browser"],
    ];

    /// <summary>The sentences for training, or those for the test, each with the number of its subject.</summary>
    /// <param name="forTest">Which.</param>
    public static (string Text, long Subject)[] Of(bool forTest) =>
    [
        .. (forTest ? Unseen : Learned).SelectMany((words, subject) => words.SelectMany(word => Forms.Select(form => (form.Replace("{0}", word, StringComparison.Ordinal), (long)subject)))),
    ];
}
